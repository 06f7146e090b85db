namespace MacroCausal.Model.Export;

/// <summary>
/// The part of the graph that reads earlier rows: the rows of <c>numeric</c> are those of one series in the order of time. What lies before
/// the first of them is missing.
/// </summary>
internal static class OnnxWindows
{
    /// <summary>Adds every column that is made of earlier rows: blocks of columns, double [N, ?], and their inputs in this order.</summary>
    public static (List<string> Blocks, List<OnnxInput> Inputs) Add(OnnxGraph graph, OnnxPreparation preparation)
    {
        var (blocks, made) = (new List<string>(), new List<OnnxInput>());
        var inputs = preparation.Inputs.Where(input => input.History is not null).ToLookup(input => input.History!.IsAverage);
        foreach (var lag in inputs[false].GroupBy(input => input.History!.Rows))
        {
            blocks.Add(Lag(graph, OnnxFeatures.Columns(graph, "numeric", [.. lag.Select(preparation.SourceOf)]), lag.Count(), lag.Key));
            made.AddRange(lag);
        }

        if (inputs[true].Any())
        {
            AddAverages(graph, preparation, [.. inputs[true]], blocks, made);
        }

        return (blocks, made);
    }

    // The rows moved down, missing at the top.
    private static string Lag(OnnxGraph graph, string values, int columns, int rows)
    {
        double[] missing = [.. Enumerable.Repeat(double.NaN, rows * columns)];
        return Rows(graph, graph.Node("Concat", [graph.Constant(missing.AsSpan(), rows, columns), values], OnnxFeatures.Axis(0)), 0, -rows);
    }

    // Sums of values and numbers of values, over one row more each time; the windows take theirs as they come by.
    private static void AddAverages(
        OnnxGraph graph, OnnxPreparation preparation, List<OnnxInput> averages, List<string> blocks, List<OnnxInput> made)
    {
        long[] sources = [.. averages.Select(preparation.SourceOf).Distinct()];
        var reach = averages.Max(input => input.History!.Rows) - 1;
        var values = OnnxFeatures.Columns(graph, "numeric", sources); // [N, s]
        var missing = OnnxFeatures.Missing(graph, values);
        var present = graph.Node("Where", [missing, graph.Constant([0.0]), graph.Constant([1.0])]);
        var both = graph.Node("Concat", [graph.Node("Where", [missing, graph.Constant([0.0]), values]), present], OnnxFeatures.Axis(1));
        var before = graph.Constant(new double[Math.Max(1, reach) * 2 * sources.Length].AsSpan(), Math.Max(1, reach), 2 * sources.Length);
        var padded = graph.Node("Concat", [before, both], OnnxFeatures.Axis(0)); // [N + reach, 2 s]
        var sum = both;
        for (var rows = 1; rows <= reach + 1; rows++)
        {
            if (rows > 1)
            {
                sum = graph.Node("Add", [sum, Rows(graph, padded, reach + 1 - rows, 1 - rows)]);
            }

            var ofWindow = averages.Where(input => input.History!.Rows == rows).ToList();
            if (ofWindow.Count == 0) continue;
            long[] places = [.. ofWindow.Select(input => (long)Array.IndexOf(sources, preparation.SourceOf(input)))];
            var total = OnnxFeatures.Columns(graph, sum, places);
            var count = OnnxFeatures.Columns(graph, sum, [.. places.Select(place => place + sources.Length)]);
            var isFew = graph.Node("Less", [count, graph.Constant([rows / 2.0])]);
            blocks.Add(graph.Node("Where", [isFew, graph.Constant([double.NaN]), graph.Node("Div", [total, count])]));
            made.AddRange(ofWindow);
        }
    }

    private static string Rows(OnnxGraph graph, string table, long start, long end) =>
        graph.Node("Slice", [table, graph.Constant([start], 1), graph.Constant([end], 1), graph.Constant([0L], 1)]);
}
