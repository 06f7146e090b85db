using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Cpu;

/// <summary>
/// Factors of hidden units, sixteen at a time: 1 / (1 - dropout), or 0 with a probability of dropout, on a grid of 2^-16. Four numbers of
/// the trial's <see cref="TrialRandom"/> give sixteen pieces of 16 bits, drawn side by side; the same pieces as
/// <see cref="TrialRandom.Next"/> gives one after the other.
/// </summary>
internal struct DropoutStream
{
    private readonly Vector512<float> _keep;
    private readonly Vector512<int> _threshold;
    private Vector256<ulong> _state;

    public DropoutStream(TrialRandom random, double dropout)
    {
        Keep = (float)(1 / (1 - dropout));
        _keep = Vector512.Create(Keep);
        _threshold = Vector512.Create(Threshold(dropout));
        _state = random.FirstFour();
    }

    /// <summary>The factor of a unit that is not silenced.</summary>
    public float Keep { get; }

    /// <summary>Pieces of 16 bits below this silence their unit.</summary>
    public static int Threshold(double dropout) => Math.Min(ushort.MaxValue, (int)Math.Round(dropout * 65536));

    /// <summary>The factors of the next sixteen units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Next()
    {
        var (left, right) = Vector256.Widen(TrialRandom.Mix(_state).AsUInt16());
        _state = TrialRandom.NextFour(_state);
        return Vector512.GreaterThanOrEqual(Vector512.Create(left, right).AsInt32(), _threshold).AsSingle() & _keep;
    }
}
