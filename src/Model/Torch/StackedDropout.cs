using MacroCausal.Model.Cpu;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using MacroCausal.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// The factors of hidden units of K trials for one epoch, drawn where they are needed: the numbers of each trial's
/// <see cref="TrialRandom"/>, which are a function of their place, so that every device draws its own rows' and all draw what the processor
/// does. Lives in the dispose scope that it is made in.
/// </summary>
internal sealed class StackedDropout
{
    private const int PiecesPerNumber = 4;
    private static readonly Scalar Golden = unchecked((long)SplitMix64.GoldenRatio);
    private static readonly Scalar Mix1 = unchecked((long)SplitMix64.Multiplier1);
    private static readonly Scalar Mix2 = unchecked((long)SplitMix64.Multiplier2);
    private const long Piece = 0xFFFF;
    private static readonly long[] PieceShifts = [0, 16, 32, 48];

    private readonly Tensor _state; // [K, 1, 1]
    private readonly Tensor _threshold; // [K, 1, 1]
    private readonly bool _silences;

    public StackedDropout(IReadOnlyList<TrainingOptions> options, IReadOnlyList<int> epochs, Device device)
    {
        using var scope = NewDisposeScope();
        long[] shape = [options.Count, 1, 1];
        var states = options.Zip(
            epochs, (own, epoch) => unchecked((long)new TrialRandom(own.Seed, Purpose.Dropout, epoch).State)).ToArray();
        _silences = options.Any(own => own.Dropout > 0);
        _state = tensor(states, device: device).view(shape).MoveToOuterDisposeScope();
        _threshold = tensor(options.Select(own => DropoutStream.Threshold(own.Dropout)).ToArray(), device: device)
            .view(shape).MoveToOuterDisposeScope();
        Keep = tensor(options.Select(own => (float)(1 / (1 - own.Dropout))).ToArray(), device: device)
            .view(shape).MoveToOuterDisposeScope();
    }

    /// <summary>The factor of a unit that is not silenced. [K, 1, 1]</summary>
    public Tensor Keep { get; }

    /// <summary>Numbers that a layer of <paramref name="rows"/> rows takes.</summary>
    public static long Numbers(int rows, int width) => (long)rows * PaddedLayout.Pad(width) / PiecesPerNumber;

    /// <summary>Silences units in place.</summary>
    /// <param name="hidden">[K, rows, width]</param>
    /// <param name="first">Number of the stream at which the first row begins.</param>
    public void Apply(Tensor hidden, long first)
    {
        if (!_silences) return;
        using var scope = NewDisposeScope();
        hidden.mul_(Kept((int)hidden.shape[1], (int)hidden.shape[2], first)).mul_(Keep);
    }

    /// <summary>
    /// The factors of a single trial, layer after layer and step after step, as <see cref="Cpu.DropoutStream"/> gives them.
    /// </summary>
    public DropoutFactors InOrder()
    {
        var drawn = 0L;
        return (rows, width) =>
        {
            using var scope = NewDisposeScope();
            var factors = Kept(rows, width, drawn).mul(Keep).squeeze(0);
            drawn += Numbers(rows, width);
            return factors.MoveToOuterDisposeScope();
        };
    }

    // [K, rows, width], whether a unit is kept
    private Tensor Kept(int rows, int width, long first)
    {
        var (stride, device) = (PaddedLayout.Pad(width), _state.device);
        var place = arange(first + 1, first + 1 + Numbers(rows, width), dtype: ScalarType.Int64, device: device)
            .view(1, rows, stride / PiecesPerNumber);
        var bits = Mixed(place.mul(Golden).add(_state)); // [K, rows, stride / 4]
        var shifts = tensor(PieceShifts, device: device);
        return bits.unsqueeze(3).bitwise_right_shift(shifts).bitwise_and_(tensor(Piece, device: device))
            .view(-1, rows, stride).narrow(2, 0, width).ge(_threshold);
    }

    private static Tensor Mixed(Tensor value)
    {
        value = value.bitwise_xor(Shifted(value, 30)).mul_(Mix1);
        value = value.bitwise_xor(Shifted(value, 27)).mul_(Mix2);
        return value.bitwise_xor(Shifted(value, 31));
    }

    // Torch shifts signed numbers, so what the sign brought in is cut away.
    private static Tensor Shifted(Tensor value, int places)
    {
        var mask = tensor((1L << (64 - places)) - 1, device: value.device);
        var by = tensor((long)places, device: value.device);
        return value.bitwise_right_shift(by).bitwise_and_(mask);
    }
}
