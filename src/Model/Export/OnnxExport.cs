using System.Text.Json;
using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Export;

/// <summary>
/// Writes a model as ONNX, preparation included, so that any runtime predicts from raw columns. Inputs: <c>numeric</c>, double [N, n], the
/// columns that hold numbers, NaN or infinite where missing; <c>text</c>, string [N, k], only where there are text columns. Output:
/// <c>prediction</c>, double [N, 1], in the target's unit. The names of the columns are in the metadata <c>numeric_columns</c> and
/// <c>text_columns</c>, as JSON. Where there is a <c>history_rows</c>, the rows are those of one series in the order of time, and so many
/// rows before a row are read for it.
/// </summary>
public static class OnnxExport
{
    /// <summary>Writes <c>model.onnx</c>; the same model gives the same bytes.</summary>
    /// <exception cref="ArgumentException">The preparation does not end in the model's features.</exception>
    public static void Write(TrainedModel model, OnnxPreparation preparation, Stream stream) =>
        Write(ModelEnsemble.Of(model), preparation, stream);

    /// <summary>Writes <c>model.onnx</c> of the weighted mean of networks; the same networks give the same bytes.</summary>
    /// <exception cref="ArgumentException">The preparation does not end in the networks' features.</exception>
    public static void Write(ModelEnsemble model, OnnxPreparation preparation, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(preparation);
        ArgumentNullException.ThrowIfNull(stream);
        if (preparation.Features.Count != model.Features)
        {
            throw new ArgumentException(
                $"The preparation has {preparation.Features.Count} features, the model {model.Features}.", nameof(preparation));
        }

        var graph = new OnnxGraph();
        AddTarget(graph, AddMean(graph, OnnxFeatures.Add(graph, preparation), model), preparation.Target);
        stream.Write(graph.ToModel(Metadata(preparation)));
    }

    // The weighted mean of the networks' outputs, double [N, 1].
    private static string AddMean(OnnxGraph graph, string features, ModelEnsemble ensemble)
    {
        string Share(EnsembleMember member)
        {
            var output = OnnxFeatures.Cast(graph, AddNetwork(graph, features, member.Model), OnnxGraph.Double);
            return ensemble.Members.Count == 1 ? output : graph.Node("Mul", [output, graph.Constant([ensemble.ShareOf(member)])]);
        }

        return ensemble.Members.Select(Share).ToArray().Aggregate((sum, share) => graph.Node("Add", [sum, share]));
    }

    private static string AddNetwork(OnnxGraph graph, string features, TrainedModel model)
    {
        if (model.Layout.Baseline is not { } baseline) return AddLayers(graph, features, model);

        var lowest = Vector(graph, model.Statistic(baseline.Lowest));
        var held = graph.Node("Min", [graph.Node("Max", [features, lowest]), Vector(graph, model.Statistic(baseline.Highest))]);
        return AddSum(graph, features, model.Statistic(baseline.Weight), AddLayers(graph, held, model)); // [N, 1]
    }

    private static string AddLayers(OnnxGraph graph, string features, TrainedModel model)
    {
        var hidden = features;
        for (var layer = 0; layer < model.Layout.HiddenLayers.Count; layer++)
        {
            var slots = model.Layout.Hidden(layer);
            hidden = AddLinear(graph, hidden, model, slots.Weight, slots.Bias); // [N, H]
            hidden = graph.Node(
                "BatchNormalization",
                [
                    hidden, Vector(graph, model.Parameter(slots.Gamma)), Vector(graph, model.Parameter(slots.Beta)),
                    Vector(graph, model.Statistic(slots.RunningMean)), Vector(graph, model.Statistic(slots.RunningVariance)),
                ],
                new OnnxAttribute("epsilon", (float)NetworkLayout.BatchNormEpsilon));
            hidden = OnnxActivation.Add(graph, hidden, model.Layout.Style.Activation);
        }

        var output = AddLinear(graph, hidden, model, model.Layout.OutputWeight, model.Layout.OutputBias); // [N, 1]
        return model.Layout.Skip is { } skip ? AddSum(graph, features, model.Parameter(skip), output) : output;
    }

    // What is there, and a weighted sum of the features.
    private static string AddSum(OnnxGraph graph, string features, ReadOnlySpan<float> weights, string output) =>
        graph.Node("Gemm", [features, graph.Constant(weights, 1, weights.Length), output], new OnnxAttribute("transB", 1L));

    private static string AddLinear(OnnxGraph graph, string x, TrainedModel model, ParameterSlot weight, ParameterSlot bias)
    {
        var matrix = graph.Constant(model.Parameter(weight), [.. weight.Shape]);
        return graph.Node("Gemm", [x, matrix, Vector(graph, model.Parameter(bias))], new OnnxAttribute("transB", 1L));
    }

    private static void AddTarget(OnnxGraph graph, string output, OnnxScaling target)
    {
        var scaled = graph.Node("Mul", [output, graph.Constant([target.Scale])]);
        graph.NodeTo("prediction", "Add", scaled, graph.Constant([target.Mean]));
        graph.Output("prediction", OnnxGraph.Double, 1);
    }

    private static string Vector(OnnxGraph graph, ReadOnlySpan<float> values) => graph.Constant(values, values.Length);

    private static IEnumerable<KeyValuePair<string, string>> Metadata(OnnxPreparation preparation)
    {
        yield return new("numeric_columns", JsonSerializer.Serialize(preparation.NumericColumns));
        yield return new("text_columns", JsonSerializer.Serialize(preparation.TextColumns));
        if (preparation.HistoryRows > 0)
        {
            yield return new("history_rows", JsonSerializer.Serialize(preparation.HistoryRows));
        }
    }
}
