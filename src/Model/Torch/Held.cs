using TorchSharp;

namespace MacroCausal.Model.Torch;

/// <summary>
/// Scalars that nothing frees. TorchSharp 0.107 lets go of a Scalar as soon as it has the native handle, so one that is made for a call
/// may be gone when torch reads it. <c>add</c> and <c>add_</c> make one where no factor is given, <c>square</c> does, and so does every
/// number in the place of a Scalar: in <c>src/Model</c> each is held, here, in a field, or by <c>using</c>.
/// </summary>
internal static class Held
{
    public static readonly Scalar One = 1;
}
