using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// K trials on one device, stacked: what is learned, its gradient, the moments and the statistics are a flat row for each trial, so that
/// Adam is a handful of operations for all of them; the layers' tensors are views.
/// </summary>
internal sealed class TrialStack : IDisposable
{
    private readonly Tensor[] _owned;

    private TrialStack(NetworkLayout layout, Tensor[] owned)
    {
        (Layout, _owned) = (layout, owned);
        Gradient = zeros_like(Parameters).DetachFromDisposeScope();
        Layers = [.. Enumerable.Range(0, layout.HiddenLayers.Count).Select(
            layer => new StackedLayer(layout, layer, Parameters, Gradient, Statistics))];
        OutputWeight = StackedLayer.View(Parameters, layout.OutputWeight);
        OutputBias = StackedLayer.View(Parameters, layout.OutputBias);
        OutputWeightGradient = StackedLayer.View(Gradient, layout.OutputWeight);
        OutputBiasGradient = StackedLayer.View(Gradient, layout.OutputBias);
        if (layout.Skip is { } skip)
        {
            (Skip, SkipGradient) = (StackedLayer.View(Parameters, skip), StackedLayer.View(Gradient, skip));
        }
    }

    public NetworkLayout Layout { get; }

    public int Count => (int)Parameters.shape[0];

    /// <summary>[K, P]</summary>
    public Tensor Parameters => _owned[0];

    /// <summary>[K, P]</summary>
    public Tensor Gradient { get; }

    /// <summary>[K, P]</summary>
    public Tensor FirstMoment => _owned[1];

    /// <summary>[K, P]</summary>
    public Tensor SecondMoment => _owned[2];

    /// <summary>[K, S]</summary>
    public Tensor Statistics => _owned[3];

    /// <summary>[K, P]</summary>
    public Tensor BestParameters => _owned[4];

    /// <summary>[K, S]</summary>
    public Tensor BestStatistics => _owned[5];

    public IReadOnlyList<StackedLayer> Layers { get; }

    /// <summary>[K, 1, H]</summary>
    public Tensor OutputWeight { get; }

    /// <summary>[K, 1]</summary>
    public Tensor OutputBias { get; }

    /// <summary>[K, 1, H]</summary>
    public Tensor OutputWeightGradient { get; }

    /// <summary>[K, 1]</summary>
    public Tensor OutputBiasGradient { get; }

    /// <summary>The skip path's; null where there is none. [K, 1, F]</summary>
    public Tensor? Skip { get; }

    /// <summary>[K, 1, F]</summary>
    public Tensor? SkipGradient { get; }

    public static TrialStack Of(NetworkLayout layout, IReadOnlyList<TrialState> states, Device device)
    {
        using var scope = NewDisposeScope();
        return new TrialStack(layout, [
            Rows(states, state => state.Parameters, device), Rows(states, state => state.FirstMoment, device), Rows(
                states, state => state.SecondMoment, device),
            Rows(states, state => state.Statistics, device), Rows(states, state => state.BestParameters, device), Rows(
                states, state => state.BestStatistics, device)]);
    }

    /// <summary>Some of the trials, in the order given; this stack is done.</summary>
    public TrialStack Keep(long[] rows)
    {
        using var scope = NewDisposeScope();
        var index = Upload.Of(rows, Parameters.device, rows.Length);
        var kept = new TrialStack(Layout, [.. _owned.Select(tensor => tensor.index_select(0, index).DetachFromDisposeScope())]);
        Dispose();
        return kept;
    }

    public void KeepBest(int row)
    {
        using var scope = NewDisposeScope();
        BestParameters[row].copy_(Parameters[row]);
        BestStatistics[row].copy_(Statistics[row]);
    }

    public TrialState Capture(int row, long step) => new()
    {
        Step = step,
        Parameters = Row(Parameters, row),
        FirstMoment = Row(FirstMoment, row),
        SecondMoment = Row(SecondMoment, row),
        Statistics = Row(Statistics, row),
        BestParameters = Row(BestParameters, row),
        BestStatistics = Row(BestStatistics, row),
    };

    public void Dispose()
    {
        foreach (var layer in Layers)
        {
            layer.Dispose();
        }

        Skip?.Dispose();
        SkipGradient?.Dispose();
        foreach (var tensor in new[] { OutputWeight, OutputBias, OutputWeightGradient, OutputBiasGradient, Gradient }.Concat(_owned))
        {
            tensor.Dispose();
        }
    }

    private static Tensor Rows(IReadOnlyList<TrialState> states, Func<TrialState, float[]> part, Device device)
    {
        var values = states.SelectMany(part).ToArray();
        return Upload.Of(values, device, states.Count, -1).DetachFromDisposeScope();
    }

    private static float[] Row(Tensor rows, int row)
    {
        using var scope = NewDisposeScope();
        return Flat.Read(rows[row]);
    }
}
