using System.Globalization;

namespace MacroCausal.Model.Export;

/// <summary>The part of the graph from raw columns to scaled features, in doubles.</summary>
internal static class OnnxFeatures
{
    /// <summary>Adds the preparation; returns the name of the features. float [N, F]</summary>
    public static string Add(OnnxGraph graph, OnnxPreparation preparation)
    {
        var parts = new List<string>(); // each double [N, ?]
        var order = new long[preparation.Features.Count]; // where each feature lies among the parts
        var placed = 0;
        AddNumbers(graph, preparation, parts, order, ref placed);
        AddCategories(graph, preparation, parts, order, ref placed);
        if (placed != order.Length)
        {
            throw new ArgumentException($"The inputs become {placed} features, but {order.Length} have a scale.", nameof(preparation));
        }

        var raw = graph.Node(
            "Gather", [graph.Node("Concat", [.. parts], Axis(1)), graph.Constant(order.AsSpan(), order.Length)], Axis(1)); // [N, F]
        var centred = graph.Node("Sub", [raw, Row(graph, preparation.Features, scaling => scaling.Mean)]);
        var scaled = graph.Node("Div", [centred, Row(graph, preparation.Features, scaling => scaling.Scale)]);
        if (preparation.Features.Any(scaling => double.IsFinite(scaling.Limit)))
        {
            scaled = graph.Node("Min", [scaled, Row(graph, preparation.Features, scaling => scaling.Limit)]);
            scaled = graph.Node("Max", [scaled, Row(graph, preparation.Features, scaling => -scaling.Limit)]);
        }

        return Cast(graph, scaled, OnnxGraph.Float);
    }

    public static string Cast(OnnxGraph graph, string value, long elementType) =>
        graph.Node("Cast", [value], new OnnxAttribute("to", elementType));

    private static void AddNumbers(OnnxGraph graph, OnnxPreparation preparation, List<string> parts, long[] order, ref int placed)
    {
        if (preparation.NumericColumns.Count > 0)
        {
            graph.Input("numeric", OnnxGraph.Double, preparation.NumericColumns.Count);
        }

        var numbers = preparation.Inputs.Where(input => input is { Kind: OnnxInputKind.Number, History: null }).ToList();
        var blocks = new List<string>(); // each double [N, ?]
        if (numbers.Count > 0)
        {
            blocks.Add(Columns(graph, "numeric", [.. numbers.Select(preparation.SourceOf)]));
        }

        var (windows, made) = OnnxWindows.Add(graph, preparation);
        blocks.AddRange(windows);
        numbers.AddRange(made);
        if (numbers.Count == 0) return;

        var values = blocks.Count == 1 ? blocks[0] : graph.Node("Concat", [.. blocks], Axis(1)); // [N, n]
        var missing = Missing(graph, values);
        parts.Add(graph.Node("Where", [missing, Row(graph, numbers, input => input.Median), values]));
        foreach (var input in numbers)
        {
            Place(preparation, input, 0, order, ref placed);
        }

        var flagged = numbers.Where(input => input.HasMissingFlag).ToList();
        if (flagged.Count == 0) return;
        parts.Add(Columns(graph, Cast(graph, missing, OnnxGraph.Double), [.. flagged.Select(input => (long)numbers.IndexOf(input))]));
        foreach (var input in flagged)
        {
            Place(preparation, input, 1, order, ref placed);
        }
    }

    private static void AddCategories(OnnxGraph graph, OnnxPreparation preparation, List<string> parts, long[] order, ref int placed)
    {
        var texts = preparation.Inputs.Where(input => input.Kind == OnnxInputKind.TextCategory).ToList();
        if (texts.Count > 0)
        {
            graph.Input("text", OnnxGraph.String, texts.Count);
        }

        foreach (var input in preparation.Inputs.Where(input => input.Kind != OnnxInputKind.Number && input.Categories.Count > 0))
        {
            var (oneHot, missing) = input.Kind == OnnxInputKind.TextCategory
                ? TextOneHot(graph, texts.IndexOf(input), input)
                : IntegerOneHot(graph, preparation.SourceOf(input), input);
            parts.Add(oneHot);
            for (var category = 0; category < input.Categories.Count; category++)
            {
                Place(preparation, input, category, order, ref placed);
            }

            if (!input.HasOther) continue;
            var known = graph.Node("ReduceSum", [oneHot, graph.Constant([1L], 1)]); // [N, 1]
            parts.Add(graph.Node("Sub", [graph.Node("Sub", [graph.Constant([1.0], 1, 1), known]), missing]));
            Place(preparation, input, input.Categories.Count, order, ref placed);
        }
    }

    // The features of the categories, double [N, C], and whether the value is missing, double [N, 1].
    private static (string OneHot, string Missing) TextOneHot(OnnxGraph graph, int column, OnnxInput input)
    {
        var values = graph.Node("Gather", ["text", graph.Constant([(long)column])], Axis(1)); // [N]
        string OneHot(IEnumerable<string> categories) => Cast(
            graph,
            graph.MlNode("OneHotEncoder", [values], new OnnxAttribute("cats_strings", categories), new OnnxAttribute("zeros", 1L)), // float
            OnnxGraph.Double);
        return (OneHot(input.Categories), input.HasOther ? OneHot([""]) : "");
    }

    private static (string OneHot, string Missing) IntegerOneHot(OnnxGraph graph, long column, OnnxInput input)
    {
        var categories = input.Categories.Select(
            category => double.Parse(category, NumberStyles.Integer, CultureInfo.InvariantCulture)).ToArray();
        var values = Columns(graph, "numeric", [column]); // [N, 1]
        var equal = graph.Node("Equal", [values, graph.Constant(categories.AsSpan(), 1, categories.Length)]); // bool [N, C]
        var missing = input.HasOther ? Missing(graph, values) : "";
        return (Cast(graph, equal, OnnxGraph.Double), input.HasOther ? Cast(graph, missing, OnnxGraph.Double) : "");
    }

    // Features lie in the order of the inputs; the graph's parts do not.
    private static void Place(OnnxPreparation preparation, OnnxInput input, int within, long[] order, ref int placed)
    {
        var feature = preparation.Inputs.TakeWhile(other => !ReferenceEquals(other, input)).Sum(Width) + within;
        if (feature < order.Length)
        {
            order[feature] = placed;
        }

        placed++;
    }

    private static int Width(OnnxInput input) => input.Kind != OnnxInputKind.Number
        ? input.Categories.Count + (input.HasOther ? 1 : 0)
        : input.HasMissingFlag ? 2 : 1;

    /// <summary>Which numbers are missing: bool, of the same shape.</summary>
    public static string Missing(OnnxGraph graph, string values) =>
        graph.Node("Or", [graph.Node("IsNaN", [values]), graph.Node("IsInf", [values])]);

    /// <summary>Some columns of a table, in the order given.</summary>
    public static string Columns(OnnxGraph graph, string table, long[] columns) =>
        graph.Node("Gather", [table, graph.Constant(columns.AsSpan(), columns.Length)], Axis(1));

    private static string Row<T>(OnnxGraph graph, IReadOnlyList<T> items, Func<T, double> value) =>
        graph.Constant(items.Select(value).ToArray().AsSpan(), 1, items.Count);

    public static OnnxAttribute Axis(long axis) => new("axis", axis);
}
