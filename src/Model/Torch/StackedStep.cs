using MacroCausal.Model.Networks;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// Forward, backward and Adam of K trials on one or more devices that share each step's rows. Batch normalisation measures all rows of the step, so sums go between the devices
/// layer by layer, and the gradient at the end, one flat tensor: the result is one device's, to rounding.
/// </summary>
internal sealed class StackedStep(NetworkLayout layout, IReadOnlyList<TrialStack> stacks, StackedAdam adam)
{
    /// <summary>One step.</summary>
    /// <param name="passes">The step's rows on every device.</param>
    /// <param name="starts">The first row of every device within the step.</param>
    /// <param name="rows">Rows of the step.</param>
    /// <param name="drawn">Numbers that dropout took from each trial's stream before; moved on.</param>
    /// <returns>Sums of the squared errors before the step. [K], float64, on the first device</returns>
    public Tensor Step(IReadOnlyList<StackedPass> passes, IReadOnlyList<int> starts, int rows, ref long drawn)
    {
        for (var layer = 0; layer < layout.HiddenLayers.Count; layer++)
        {
            Forward(passes, layer, starts, rows, drawn);
            drawn += StackedDropout.Numbers(rows, layout.HiddenLayers[layer]);
        }

        var squares = Replicas.Sum([.. passes.Select(pass => pass.Judge(rows))]);
        for (var layer = layout.HiddenLayers.Count - 1; layer >= 0; layer--)
            Back(passes, layer, rows);
        ShareGradient();
        adam.Move(stacks);
        return squares[0];
    }

    private void Forward(IReadOnlyList<StackedPass> passes, int layer, IReadOnlyList<int> starts, int rows, long drawn)
    {
        using TorchSharp.Scalar count = rows;
        var sums = Replicas.Sum([.. passes.Select(pass => pass.Multiply(layer))]);
        var squares = Replicas.Sum([.. passes.Zip(sums, (pass, sum) => pass.Centre(layer, sum.div(count)))]);
        for (var device = 0; device < passes.Count; device++)
            passes[device].Activate(layer, squares[device], rows, drawn + StackedDropout.Numbers(starts[device], layout.HiddenLayers[layer]));
    }

    private static void Back(IReadOnlyList<StackedPass> passes, int layer, int rows)
    {
        var sums = Replicas.Sum([.. passes.Select(pass => pass.Open(layer))]);
        for (var device = 0; device < passes.Count; device++)
            passes[device].Close(layer, sums[device], rows);
    }

    private void ShareGradient()
    {
        if (stacks.Count == 1)
            return;
        var sums = Replicas.Sum([.. stacks.Select(stack => stack.Gradient)]);
        foreach (var (stack, sum) in stacks.Zip(sums))
            stack.Gradient.copy_(sum);
    }
}
