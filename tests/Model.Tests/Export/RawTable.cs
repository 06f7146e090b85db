using MacroCausal.Model.Export;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Export;

/// <summary>
/// A table with missing, infinite and unknown values, as a runtime is fed with it, and prepared by the rules, one value at a time.
/// </summary>
internal sealed record RawTable(double[] Numeric, string[] Text, double[][] Raw)
{
    public static RawTable Random(OnnxInput[] inputs, int rows)
    {
        var random = new TrialRandom(11, Purpose.Shuffle, 0);
        var (numeric, text, raw) = (new List<double>(), new List<string>(), new List<double[]>());
        for (var row = 0; row < rows; row++)
        {
            var features = new List<double>();
            foreach (var input in inputs)
            {
                if (input.Kind == OnnxInputKind.TextCategory)
                {
                    features.AddRange(OneHot(input, Keep(text, Category(input, ref random))));
                }
                else if (input.Kind == OnnxInputKind.IntegerCategory)
                {
                    features.AddRange(OneHot(input, Name(Keep(numeric, Integer(input, ref random)))));
                }
                else
                {
                    features.AddRange(Number(input, Keep(numeric, Number(ref random))));
                }
            }

            raw.Add([.. features]);
        }

        return new RawTable([.. numeric], [.. text], [.. raw]);
    }

    private static double Number(ref TrialRandom random) => random.Below(8) switch
    {
        0 => double.NaN,
        1 => double.PositiveInfinity,
        2 => double.NegativeInfinity,
        _ => random.Signed() * 5.0,
    };

    private static IEnumerable<double> Number(OnnxInput input, double value)
    {
        yield return double.IsFinite(value) ? value : input.Median;
        if (input.HasMissingFlag)
        {
            yield return double.IsFinite(value) ? 0 : 1;
        }
    }

    private static string Category(OnnxInput input, ref TrialRandom random) =>
        (int)random.Below(input.Categories.Count + 2) is var index && index < input.Categories.Count ? input.Categories[index]
        : index == input.Categories.Count ? "never seen"
        : "";

    private static double Integer(OnnxInput input, ref TrialRandom random) => random.Below(6) switch
    {
        0 => double.NaN,
        1 => 77,
        _ => double.Parse(input.Categories[(int)random.Below(input.Categories.Count)], System.Globalization.CultureInfo.InvariantCulture),
    };

    private static string Name(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<double> OneHot(OnnxInput input, string value) =>
        input.Categories.Select(category => category == value ? 1.0 : 0.0)
            .Concat(input.HasOther ? [value is "" or "NaN" || input.Categories.Contains(value) ? 0.0 : 1.0] : []);

    private static T Keep<T>(List<T> values, T value)
    {
        values.Add(value);
        return value;
    }
}
