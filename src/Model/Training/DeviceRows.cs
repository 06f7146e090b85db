using static TorchSharp.torch;

namespace MacroCausal.Model.Training;

/// <summary>A split as tensors: on the processor a view of the shared arrays, elsewhere a copy.</summary>
internal sealed class DeviceRows : IDisposable
{
    private readonly Tensor _x; // [N, F]
    private readonly Tensor _y; // [N]

    public DeviceRows(TrainingRows rows, Device device)
    {
        Count = rows.Count;
        using var scope = NewDisposeScope();
        _x = frombuffer(rows.Features, ScalarType.Float32).view(rows.Count, rows.FeatureCount).to(device).DetachFromDisposeScope();
        _y = frombuffer(rows.Target, ScalarType.Float32).to(device).DetachFromDisposeScope();
    }

    public int Count { get; }

    /// <summary>Copies rows. Always a copy: torch aligns its own memory, and sums are only the same bit for bit where the alignment is.</summary>
    public (Tensor X, Tensor Y) Take(Tensor order) => (_x.index_select(0, order), _y.index_select(0, order));

    /// <summary>Copies consecutive rows.</summary>
    public (Tensor X, Tensor Y) Take(int start, int count) => (_x.narrow(0, start, count).clone(), _y.narrow(0, start, count).clone());

    public void Dispose()
    {
        _x.Dispose();
        _y.Dispose();
    }
}
