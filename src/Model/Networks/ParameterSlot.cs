namespace MacroCausal.Model.Networks;

/// <summary>Where one named tensor lies in a flat buffer.</summary>
/// <param name="Name">PyTorch's name for it in a module whose <c>nn.Sequential</c> is called <c>layers</c>.</param>
/// <param name="Offset">First element in the flat buffer.</param>
/// <param name="Shape">Its dimensions, row-major.</param>
public sealed record ParameterSlot(string Name, int Offset, IReadOnlyList<long> Shape)
{
    /// <summary>Number of elements.</summary>
    public int Length { get; } = checked((int)Shape.Aggregate(1L, (product, size) => checked(product * size)));
}
