using MacroCausal.Model.Networks;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// Forward, backward and Adam of K trials on one or more devices that share each step's rows. Batch normalisation measures all rows of the
/// step, so sums go between the devices layer by layer, and the gradient at the end, one flat tensor: the result is one device's, to
/// rounding.
/// </summary>
internal sealed class StackedStep(NetworkLayout layout, IReadOnlyList<TrialStack> stacks, StackedAdam adam)
{
    /// <summary>One step.</summary>
    /// <param name="passes">The step's rows on every device.</param>
    /// <param name="starts">The first row of every device within the step.</param>
    /// <param name="rows">Rows of the step.</param>
    /// <param name="drawn">Numbers that dropout took from each trial's stream before; advanced.</param>
    /// <returns>Sums of the loss before the step. [K], float64, on the first device</returns>
    public Tensor Step(IReadOnlyList<StackedPass> passes, IReadOnlyList<int> starts, int rows, ref long drawn)
    {
        for (var layer = 0; layer < layout.HiddenLayers.Count; layer++)
        {
            Forward(passes, layer, starts, rows, drawn);
            drawn += StackedDropout.Numbers(rows, layout.HiddenLayers[layer]);
        }

        var losses = Replicas.Sum([.. passes.Select(pass => pass.Output(rows))]);
        for (var layer = layout.HiddenLayers.Count - 1; layer >= 0; layer--)
        {
            Backward(passes, layer, rows);
        }

        ShareGradient();
        adam.OptimizerStep(stacks);
        return losses[0];
    }

    private void Forward(IReadOnlyList<StackedPass> passes, int layer, IReadOnlyList<int> starts, int rows, long drawn)
    {
        using TorchSharp.Scalar count = rows;
        var sums = Replicas.Sum([.. passes.Select(pass => pass.Multiply(layer))]);
        var squares = Replicas.Sum([.. passes.Zip(sums, (pass, sum) => pass.SubtractMean(layer, sum.div(count)))]);
        for (var device = 0; device < passes.Count; device++)
        {
            passes[device].Activate(
                layer, squares[device], rows, drawn + StackedDropout.Numbers(starts[device], layout.HiddenLayers[layer]));
        }
    }

    private static void Backward(IReadOnlyList<StackedPass> passes, int layer, int rows)
    {
        var sums = Replicas.Sum([.. passes.Select(pass => pass.BackwardActivation(layer))]);
        for (var device = 0; device < passes.Count; device++)
        {
            passes[device].BackwardProduct(layer, sums[device], rows);
        }
    }

    private void ShareGradient()
    {
        if (stacks.Count == 1) return;
        var sums = Replicas.Sum([.. stacks.Select(stack => stack.Gradient)]);
        foreach (var (stack, sum) in stacks.Zip(sums))
        {
            stack.Gradient.copy_(sum);
        }
    }
}

/// <summary>What devices that train the same trials on different rows tell each other. With one device there is nothing to tell.</summary>
internal static class Replicas
{
    /// <summary>The sum of what every device has, on every device, added in their order.</summary>
    public static Tensor[] Sum(Tensor[] parts)
    {
        if (parts.Length == 1) return parts;
        var sum = parts[0];
        foreach (var part in parts.Skip(1))
        {
            sum = sum.add(part.to(sum.device), Held.One);
        }

        return [.. parts.Select(part => sum.to(part.device))];
    }

    /// <summary>The consecutive rows that each device takes of a step: as even as can be, the first ones one more.</summary>
    public static (int Start, int Count)[] Share(int rows, int devices)
    {
        var starts = Enumerable.Range(0, devices + 1).Select(device => (int)((long)rows * device / devices)).ToList();
        return [.. starts.Zip(starts.Skip(1), (start, end) => (start, end - start))];
    }
}
