using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Tests.Training;

/// <summary>Compares what two trainers have learned.</summary>
internal static class Parameters
{
    /// <summary>
    /// Every parameter but the biases in front of batch normalisation, which have no influence: their gradient is zero in ours and rounding
    /// noise in autograd, which Adam makes as large as any other step. Where a gradient is nearly zero, rounding decides its sign and
    /// Adam's first steps, so a few in a thousand may differ by more.
    /// </summary>
    public static void ShouldAgree(NetworkLayout layout, float[] actual, float[] expected, float tolerance)
    {
        actual.Length.ShouldBe(expected.Length);
        var ignored = Enumerable.Range(0, layout.HiddenLayers.Count).Select(layer => layout.Hidden(layer).Bias).ToHashSet();
        var compared = layout.Parameters.Where(slot => !ignored.Contains(slot)).ToList();
        foreach (var slot in compared)
        {
            var differences = Enumerable.Range(slot.Offset, slot.Length).Select(
                index => Math.Abs(actual[index] - expected[index])).ToList();
            var worst = differences.Count(difference => !(difference <= tolerance));
            worst.ShouldBeLessThanOrEqualTo(
                slot.Length / 200, $"{slot.Name}: {worst} of {slot.Length} differ, the largest by {differences.Max()}");
        }
    }
}
