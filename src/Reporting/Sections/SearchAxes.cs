using System.Text.Json;
using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Statistics;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting.Sections;

/// <summary>A hyperparameter that was searched: its axis in charts, and its values.</summary>
internal sealed record SearchAxis(Hyperparameter Hyperparameter, SearchDimension Dimension, IReadOnlyList<string>? Categories)
{
    public PlotAxis Plot => new(Hyperparameter.Column, Hyperparameter.Label, Dimension.Type == "logUniform", Categories);

    /// <summary>The hyperparameters of a study that could differ between trials, in their order.</summary>
    public static IReadOnlyList<SearchAxis> Of(StudyFacts facts) =>
    [
        .. Hyperparameters.All.Where(one => facts.Settings.SearchSpace.ContainsKey(one.Name))
            .Select(one => Of(one, facts.Settings.SearchSpace[one.Name], facts.Trials.Select(trial => trial.Config)))
            .Where(axis => axis.Categories is { } categories ? categories.Count > 1 : axis.Dimension.Low < axis.Dimension.High),
    ];

    /// <summary>The column of the trials' table.</summary>
    public DataColumn Column(IEnumerable<TrialConfig> configs) => Categories is null
        ? new Numbers(Hyperparameter.Column, Hyperparameter.Label, configs.Select(Hyperparameter.Number))
        : new Texts(Hyperparameter.Column, Hyperparameter.Label, configs.Select(config => Text(Hyperparameter.ToJson(config))));

    /// <summary>The values as places in the range, or as numbers of categories.</summary>
    public HyperparameterValues Values(IEnumerable<TrialConfig> configs)
    {
        if (Categories is { } categories)
        {
            var numbers = categories.Index().ToDictionary(category => category.Item, category => (double)category.Index);
            return new HyperparameterValues([.. configs.Select(config => numbers[Text(Hyperparameter.ToJson(config))])], categories.Count);
        }

        Func<double, double> scale = Dimension.Type == "logUniform" ? Math.Log : value => value;
        var (low, high) = (scale(Dimension.Low!.Value), scale(Dimension.High!.Value));
        return new HyperparameterValues([.. configs.Select(config => (scale(Hyperparameter.Number(config)!.Value) - low) / (high - low))]);
    }

    // A choice's values in their order, then what trials of another space had.
    private static SearchAxis Of(Hyperparameter hyperparameter, SearchDimension dimension, IEnumerable<TrialConfig> configs) =>
        new(hyperparameter, dimension, dimension.Choices is { } choices
            ? [.. choices.Select(Text).Concat(configs.Select(config => Text(hyperparameter.ToJson(config)))).Distinct()]
            : null);

    // Without the spaces of whoever wrote it, and 64.0 as 64.
    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(Text))}]",
        JsonValueKind.Number => value.GetDouble().ToString(CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
