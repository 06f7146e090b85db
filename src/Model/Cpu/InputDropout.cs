using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MacroCausal.Model.Cpu;

/// <summary>Silences features of a step's rows. Rows of features lie without padding, but take whole blocks of the stream.</summary>
internal static unsafe class InputDropout
{
    /// <param name="input">[rows, features]; multiplied by the factors.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="features">Features of a row.</param>
    /// <param name="dropout">The epoch's stream; advanced.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* input, int rows, int features, ref DropoutStream dropout)
    {
        var factors = stackalloc float[Vector512<float>.Count];
        var whole = features / Vector512<float>.Count * Vector512<float>.Count;
        for (var row = 0; row < rows; row++)
        {
            var own = input + (nint)row * features;
            for (var feature = 0; feature < whole; feature += Vector512<float>.Count)
            {
                (Vector512.Load(own + feature) * dropout.Next()).Store(own + feature);
            }

            if (whole == features) continue;
            dropout.Next().Store(factors);
            for (var feature = whole; feature < features; feature++)
            {
                own[feature] *= factors[feature - whole];
            }
        }
    }
}
