using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;

namespace MacroCausal.Registry;

/// <summary>What the model forecasts for the rows that judge it, beside the baselines: the content of <c>predictions.parquet</c>.</summary>
internal sealed record ModelForecasts
{
    /// <summary>Those of the validation rows; null where the rows are too many.</summary>
    public SplitForecasts? Validation { get; private init; }

    /// <summary>Those of the test rows; null where there are none, or too many.</summary>
    public SplitForecasts? Test { get; private init; }

    /// <summary>Forecasts the rows of a registration; <paramref name="delivered"/> may be <paramref name="best"/> itself.</summary>
    public static ModelForecasts Of(RegisterModel command, RegistrationInputs inputs, Predictor best, Predictor delivered)
    {
        SplitForecasts? Split(FeatureMatrix? rows, BaselineForecasts? baselines)
        {
            double[] Of(Predictor predictor) =>
                [.. predictor.Predict(rows.Features).Select(scaled => command.Data.TargetMean + (command.Data.TargetScale * scaled))];
            if (rows is null || baselines?.Target.Length != rows.Rows) return null;
            var ofBest = Of(best);
            return new SplitForecasts
            {
                Rows = rows,
                Baselines = baselines,
                Best = ofBest,
                Delivered = ReferenceEquals(delivered, best) ? ofBest : Of(delivered),
            };
        }

        return new ModelForecasts
        {
            Validation = Split(inputs.WholeValidation, inputs.ValidationBaselines),
            Test = Split(inputs.WholeTest, inputs.TestBaselines),
        };
    }

    /// <summary>
    /// <c>split</c>, <c>date</c> where the rows have one, <c>actual</c>, <c>model</c> (what is delivered), <c>best_trial</c>, and a column
    /// for every baseline; the validation rows, then the test rows. Null where there is nothing to tell.
    /// </summary>
    public Table? ToTable()
    {
        (string Name, SplitForecasts? Of)[] both = [("validation", Validation), ("test", Test)];
        (string Name, SplitForecasts Of)[] splits =
            [.. both.Where(split => split.Of is not null).Select(split => (split.Name, split.Of!))];
        if (splits.Length == 0) return null;
        Column Number(string name, Func<SplitForecasts, double[]> values) =>
            new NumberColumn(name, [.. splits.SelectMany(split => values(split.Of))]);
        return new Table(
        [
            new TextColumn("split", [.. splits.SelectMany(split => Enumerable.Repeat(split.Name, split.Of.Rows.Rows))]),
            .. splits.All(split => split.Of.Rows.Dates is not null)
                ? [new DateColumn("date", [.. splits.SelectMany(split => split.Of.Rows.Dates!).Cast<DateTimeOffset?>()])]
                : Array.Empty<Column>(),
            Number("actual", split => split.Baselines.Target),
            Number("model", split => split.Delivered),
            Number("best_trial", split => split.Best),
            .. splits[0].Of.Baselines.Forecasts.Keys.Select(name => Number(name, split => split.Baselines.Forecasts[name])),
        ], "predictions.parquet");
    }
}

/// <summary>Forecasts of the rows of a split, in the target's unit.</summary>
internal sealed record SplitForecasts
{
    /// <summary>The rows.</summary>
    public required FeatureMatrix Rows { get; init; }

    /// <summary>What the baselines forecast, and the targets.</summary>
    public required BaselineForecasts Baselines { get; init; }

    /// <summary>Forecasts of the best trial, [N].</summary>
    public required double[] Best { get; init; }

    /// <summary>Forecasts of what is delivered, [N].</summary>
    public required double[] Delivered { get; init; }
}
