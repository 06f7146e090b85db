using MacroCausal.Model.Cpu;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using MacroCausal.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// The factors of units of K trials for one epoch, hidden ones or features, drawn where they are needed: the numbers of each trial's
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
    private static readonly long[] MixShifts = [30, 27, 31];

    private readonly Tensor _pieceShifts; // [4]
    private readonly Tensor _piece; // [1]
    private readonly Tensor[] _mixShifts; // [1] each
    private readonly Tensor[] _mixMasks; // [1] each
    private readonly Tensor _state; // [K, 1, 1]
    private readonly Tensor _threshold; // [K, 1, 1]
    private readonly bool _silences;

    private StackedDropout(
        IReadOnlyList<TrainingOptions> options, IReadOnlyList<int> epochs, Purpose purpose, Func<TrainingOptions, double> probability,
        Device device)
    {
        long[] shape = [options.Count, 1, 1];
        var states = options.Zip(
            epochs, (own, epoch) => unchecked((long)new TrialRandom(own.Seed, purpose, epoch).State)).ToArray();
        _silences = options.Any(own => probability(own) > 0);
        _state = Upload.Of(states, device, shape);
        _threshold = Upload.Of(options.Select(own => DropoutStream.Threshold(probability(own))).ToArray(), device, shape);
        Keep = Upload.Of(options.Select(own => (float)(1 / (1 - probability(own)))).ToArray(), device, shape);
        _pieceShifts = Upload.Of(PieceShifts, device, PieceShifts.Length);
        _piece = Upload.Of([Piece], device, 1);
        _mixShifts = [.. MixShifts.Select(places => Upload.Of([places], device, 1))];
        _mixMasks = [.. MixShifts.Select(places => Upload.Of([(1L << (64 - (int)places)) - 1], device, 1))];
    }

    /// <summary>Of hidden units.</summary>
    public static StackedDropout OfHidden(IReadOnlyList<TrainingOptions> options, IReadOnlyList<int> epochs, Device device) =>
        new(options, epochs, Purpose.Dropout, own => own.Dropout, device);

    /// <summary>Of features.</summary>
    public static StackedDropout OfInputs(IReadOnlyList<TrainingOptions> options, IReadOnlyList<int> epochs, Device device) =>
        new(options, epochs, Purpose.InputDropout, own => own.InputDropout, device);

    /// <summary>The factor of a unit that is not silenced. [K, 1, 1]</summary>
    public Tensor Keep { get; }

    /// <summary>Numbers that a layer of <paramref name="rows"/> rows takes.</summary>
    public static long Numbers(int rows, int width) => (long)rows * PaddedLayout.Pad(width) / PiecesPerNumber;

    /// <summary>Silences units in place, the same of each.</summary>
    /// <param name="first">Number of the stream at which the first row begins.</param>
    /// <param name="tensors">[K, rows, width] each</param>
    public void Apply(long first, params ReadOnlySpan<Tensor> tensors)
    {
        if (!_silences) return;
        using var scope = NewDisposeScope();
        var kept = Kept((int)tensors[0].shape[1], (int)tensors[0].shape[2], first);
        foreach (var units in tensors)
        {
            units.mul_(kept).mul_(Keep);
        }
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
        using Scalar start = first + 1, end = first + 1 + Numbers(rows, width), step = 1;
        var place = arange(start, end, step, dtype: ScalarType.Int64, device: device).view(1, rows, stride / PiecesPerNumber);
        var bits = Mixed(place.mul(Golden).add(_state, Held.One)); // [K, rows, stride / 4]
        return bits.unsqueeze(3).bitwise_right_shift(_pieceShifts).bitwise_and_(_piece)
            .view(-1, rows, stride).narrow(2, 0, width).ge(_threshold);
    }

    private Tensor Mixed(Tensor value)
    {
        value = value.bitwise_xor(Shifted(value, 0)).mul_(Mix1);
        value = value.bitwise_xor(Shifted(value, 1)).mul_(Mix2);
        return value.bitwise_xor(Shifted(value, 2));
    }

    // Torch shifts signed numbers, so what the sign brought in is cut away.
    private Tensor Shifted(Tensor value, int shift) => value.bitwise_right_shift(_mixShifts[shift]).bitwise_and_(_mixMasks[shift]);
}
