using MacroCausal.Model.Training;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>A split on a device, once for all trials.</summary>
internal sealed class StackedRows : IDisposable
{
    public StackedRows(TrainingRows rows, Device device)
    {
        using var scope = NewDisposeScope();
        Count = rows.Count;
        X = tensor(rows.Features, device: device).view(rows.Count, rows.FeatureCount).DetachFromDisposeScope();
        Y = tensor(rows.Target, device: device).DetachFromDisposeScope();
    }

    public int Count { get; }

    /// <summary>[N, F]</summary>
    public Tensor X { get; }

    /// <summary>[N]</summary>
    public Tensor Y { get; }

    /// <summary>The rows of a step, another order for each trial.</summary>
    /// <param name="order">[K, B]</param>
    /// <returns>[K, B, F] and [K, B]</returns>
    public (Tensor X, Tensor Y) Take(Tensor order)
    {
        var flat = order.reshape(-1);
        return (X.index_select(0, flat).view(order.shape[0], order.shape[1], X.shape[1]), Y.index_select(0, flat).view(order.shape));
    }

    public void Dispose()
    {
        X.Dispose();
        Y.Dispose();
    }
}
