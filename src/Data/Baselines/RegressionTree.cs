namespace MacroCausal.Data.Baselines;

/// <summary>
/// A binary regression tree. The inputs of a row are its features, then its earlier targets; an input that is at most a node's threshold
/// goes left. Nodes are numbered from the root, 0; a child below 0 is the leaf <c>~child</c>.
/// </summary>
/// <param name="Inputs">The input that each node looks at, [K].</param>
/// <param name="Thresholds">Thresholds, [K], scaled.</param>
/// <param name="Left">Left children, [K].</param>
/// <param name="Right">Right children, [K].</param>
/// <param name="Leaves">What each leaf adds to the forecast, [K + 1], scaled.</param>
public sealed record RegressionTree(int[] Inputs, double[] Thresholds, int[] Left, int[] Right, double[] Leaves)
{
    /// <summary>What the tree adds to the scaled forecast of a row.</summary>
    /// <param name="features">The row's features.</param>
    /// <param name="lags">Its earlier targets.</param>
    public double Value(ReadOnlySpan<float> features, ReadOnlySpan<double> lags)
    {
        var node = Inputs.Length == 0 ? -1 : 0;
        while (node >= 0)
        {
            var input = Inputs[node];
            var value = input < features.Length ? features[input] : lags[input - features.Length];
            node = value <= Thresholds[node] ? Left[node] : Right[node];
        }

        return Leaves[~node];
    }

    /// <summary>Whether it is a tree of rows with so many inputs: every node is reached from one before it, every leaf is there.</summary>
    public bool IsOf(int inputs)
    {
        if (this is not { Inputs: not null, Thresholds: not null, Left: not null, Right: not null, Leaves: not null }) return false;
        var nodes = Inputs.Length;
        bool Fits((int Parent, int Child) edge) => edge.Child < 0 ? ~edge.Child <= nodes : edge.Child > edge.Parent && edge.Child < nodes;
        return Thresholds.Length == nodes && Left.Length == nodes && Right.Length == nodes && Leaves.Length == nodes + 1
            && Array.TrueForAll(Inputs, input => input >= 0 && input < inputs) && Left.Index().All(Fits) && Right.Index().All(Fits);
    }
}
