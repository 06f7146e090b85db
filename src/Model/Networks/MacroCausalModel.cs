using System.Runtime.InteropServices;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Export;
using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MacroCausal.Model.Networks;

/// <summary>
/// A feed-forward regression network: per hidden layer Linear, BatchNorm1d, ReLU or what else the <see cref="NetworkStyle"/> says, Dropout;
/// then Linear to one output, and with a skip path a Linear of the input beside it. [B, F] to [B].
/// This is the definition: a TorchSharp module as any other, trained with autograd and an optimiser, moved by <c>to</c>, switched by
/// <c>train</c> and <c>eval</c>. The trainers of Cpu and Torch are faster ways to the same numbers and are compared with it. Its tensors
/// have the names of <see cref="NetworkLayout"/>; batch normalisation's <c>num_batches_tracked</c> is kept too, but is not in a file.
/// </summary>
public sealed class MacroCausalModel : Module<Tensor, Tensor>
{
    private readonly Sequential _layers;
    private readonly DrawnDropout? _inputDropout;
    private readonly Linear? _skip;
    private readonly LinearBaseline? _baseline;

    /// <summary>A network in training mode, on the processor, with PyTorch's first weights, drawn by torch's own generator.</summary>
    /// <param name="layout">Its shape.</param>
    /// <param name="dropout">Probability that a hidden unit is silenced in training mode, 0 to below 1.</param>
    /// <param name="inputDropout">Probability that a feature is, for the skip path too, 0 to below 1.</param>
    /// <exception cref="ArgumentException">A dropout is out of its range.</exception>
    public MacroCausalModel(NetworkLayout layout, double dropout = 0, double inputDropout = 0)
        : base(nameof(MacroCausalModel))
    {
        ArgumentNullException.ThrowIfNull(layout);
        ThrowIfOutOfRange(dropout, nameof(dropout));
        ThrowIfOutOfRange(inputDropout, nameof(inputDropout));
        Layout = layout;
        _layers = Sequential(Modules(layout, dropout));
        register_module("layers", _layers);
        if (inputDropout > 0)
        {
            _inputDropout = new DrawnDropout(inputDropout);
            register_module("inputDropout", _inputDropout);
        }

        if (layout.Style.Skip)
        {
            _skip = Linear(layout.Features, 1, hasBias: false);
            init.zeros_(_skip.weight!);
            register_module("skip", _skip);
        }

        if (layout.Style.Baseline)
        {
            _baseline = new LinearBaseline(layout.Features);
            register_module("baseline", _baseline);
        }

        foreach (var tensor in state_dict().Values)
        {
            tensor.DetachFromDisposeScope();
        }
    }

    /// <summary>The network of a trial before its first epoch: shape, dropout and first weights, which follow from the seed.</summary>
    /// <param name="features">Width of the input, 1 or more.</param>
    /// <param name="options">How the trial is trained.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a width is.</exception>
    public MacroCausalModel(int features, TrainingOptions options)
        : this(LayoutOf(features, options), options.Dropout, options.InputDropout)
    {
        var (parameters, statistics) = WeightInitializer.Of(Layout, options.Seed);
        Set(parameters, statistics);
    }

    /// <summary>Shape of the network.</summary>
    public NetworkLayout Layout { get; }

    /// <summary>Draws what dropout silences instead of torch's generator, where it is set; see <see cref="DrawnDropout"/>.</summary>
    internal DropoutFactors? DropoutFactors
    {
        set
        {
            foreach (var dropout in _layers.children().OfType<DrawnDropout>())
            {
                dropout.Factors = value;
            }
        }
    }

    /// <summary>The same for features.</summary>
    internal DropoutFactors? InputDropoutFactors
    {
        set
        {
            if (_inputDropout is not null)
            {
                _inputDropout.Factors = value;
            }
        }
    }

    /// <summary>What is learned, in the order of <see cref="NetworkLayout.Parameters"/>; a copy.</summary>
    internal float[] Parameters => Read(Layout.Parameters);

    /// <summary>What is measured, in the order of <see cref="NetworkLayout.Statistics"/>; a copy.</summary>
    internal float[] Statistics => Read(Layout.Statistics);

    /// <summary>A network in training mode with the weights of a <c>model.safetensors</c> of one network.</summary>
    /// <param name="stream">The file; read to its end.</param>
    /// <param name="dropout">As for a new one; the file does not hold it.</param>
    /// <exception cref="ModelFileException">The file is cut short, corrupted, or no model of this version.</exception>
    /// <exception cref="ArgumentException">The dropout is out of its range.</exception>
    public static MacroCausalModel ReadSafetensors(Stream stream, double dropout = 0)
    {
        var model = TrainedModel.Read(stream);
        return Load(model.Layout, model.Parameters, model.Statistics, dropout);
    }

    /// <summary>Writes a <c>model.safetensors</c>, as the Registry does; the same weights give the same bytes.</summary>
    public void WriteSafetensors(Stream stream) => TrainedModel.Of(this).Write(stream);

    /// <summary>Predicts one number a row. In training mode batch normalisation needs two rows or more.</summary>
    /// <param name="input">Scaled features. [B, F]</param>
    /// <returns>The scaled target. [B]</returns>
    public override Tensor forward(Tensor input)
    {
        if (_skip is null && _baseline is null && _inputDropout is null)
        {
            using var column = _layers.call(input); // [B, 1]
            return column.squeeze(1);
        }

        using var scope = NewDisposeScope();
        var held = _baseline is null ? input : _baseline.Hold(input);
        held = _inputDropout is null ? held : _inputDropout.call(held);
        var output = _layers.call(held);
        output = _skip is null ? output : output.add(_skip.call(held), Held.One);
        output = _baseline is null ? output : output.add(_baseline.call(input), Held.One);
        return output.squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>A network with given weights and statistics.</summary>
    /// <exception cref="ArgumentException">They are not as many as the layout has.</exception>
    internal static MacroCausalModel Load(
        NetworkLayout layout, float[] parameters, float[] statistics, double dropout = 0, double inputDropout = 0)
    {
        if (parameters.Length != layout.ParameterCount || statistics.Length != layout.StatisticCount)
        {
            throw new ArgumentException(
                $"{parameters.Length} weights and {statistics.Length} statistics do not fit "
                + $"a network of {layout.ParameterCount} and {layout.StatisticCount}.");
        }

        var model = new MacroCausalModel(layout, dropout, inputDropout);
        model.Set(parameters, statistics);
        return model;
    }

    /// <summary>Gives the layers back.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _layers.Dispose();
            _inputDropout?.Dispose();
            _skip?.Dispose();
            _baseline?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static void ThrowIfOutOfRange(double dropout, string name)
    {
        if (dropout is not (>= 0 and < 1))
        {
            throw new ArgumentException(FormattableString.Invariant($"Dropout {dropout} is out of its range: 0 to below 1."), name);
        }
    }

    private static NetworkLayout LayoutOf(int features, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new NetworkLayout(features, options.HiddenLayers, options.Style);
    }

    private static Module<Tensor, Tensor>[] Modules(NetworkLayout layout, double dropout)
    {
        long width = layout.Features;
        var modules = new List<Module<Tensor, Tensor>>();
        foreach (var units in layout.HiddenLayers)
        {
            modules.Add(Linear(width, units));
            modules.Add(BatchNorm1d(units, NetworkLayout.BatchNormEpsilon, NetworkLayout.BatchNormMomentum));
            modules.Add(layout.Style.Activation.Module());
            modules.Add(new DrawnDropout(dropout));
            width = units;
        }

        return [.. modules, Linear(width, 1)];
    }

    private void Set(float[] parameters, float[] statistics)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var tensors = state_dict();
        foreach (var (slot, values) in Layout.Parameters.Select(slot => (slot, parameters)).Concat(
            Layout.Statistics.Select(slot => (slot, statistics))))
        {
            tensors[slot.Name].copy_(tensor(slot.Of(values).ToArray()).view([.. slot.Shape]));
        }
    }

    private float[] Read(IReadOnlyList<ParameterSlot> slots)
    {
        var tensors = state_dict();
        return [.. slots.SelectMany(slot => Flat.Read(tensors[slot.Name]))];
    }
}

/// <summary>
/// Draws the factors of a layer's units: 0 for a unit that is silenced, 1 / (1 - dropout) for another. [rows, width]
/// </summary>
internal delegate Tensor DropoutFactors(int rows, int width);

/// <summary>
/// Dropout as <c>nn.Dropout</c> does it. A trainer may draw the factors itself: torch's generator belongs to the whole process, so what a
/// trial draws from it depends on what trains beside it.
/// </summary>
internal sealed class DrawnDropout(double probability) : Module<Tensor, Tensor>(nameof(DrawnDropout))
{
    public DropoutFactors? Factors { get; set; }

    public override Tensor forward(Tensor input)
    {
        if (!training || probability == 0) return input.alias();
        if (Factors is not { } draw) return functional.dropout(input, probability, training: true);
        using var factors = draw((int)input.shape[0], (int)input.shape[1]);
        return input.mul(factors);
    }
}

/// <summary>
/// A fixed weighted sum of the features, whose residual a network learned: what <see cref="NetworkStyle.Baseline"/> adds.
/// </summary>
internal sealed class LinearBaseline : Module<Tensor, Tensor>
{
    public LinearBaseline(int features)
        : base(nameof(LinearBaseline))
    {
        register_buffer("lowest", zeros(features));
        register_buffer("highest", zeros(features));
        register_buffer("weight", zeros(1, features));
    }

    /// <summary>The features within their ranges. [B, F]</summary>
    public Tensor Hold(Tensor input) => get_buffer("lowest")!.maximum(input).minimum(get_buffer("highest")!);

    /// <summary>[B, F] to [B, 1]</summary>
    public override Tensor forward(Tensor input) => functional.linear(input, get_buffer("weight")!);
}

/// <summary>Takes float32 values into tensors and reads them out.</summary>
internal static class Flat
{
    /// <summary>
    /// Values in torch's own memory, which is aligned. A tensor over an array begins where the array does, and a matrix product sums in
    /// another order there: the last bit of a prediction would depend on where the array lies.
    /// </summary>
    public static Tensor Aligned(float[] values, Device device)
    {
        using var over = tensor(values, device: device);
        return over.clone();
    }

    public static float[] Read(Tensor values)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(values.detach().cpu().bytes).ToArray();
    }
}
