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

    /// <summary>What the folds of a walk-forward forecast for their blocks, in date order.</summary>
    public IReadOnlyList<SplitForecasts> WalkForward { get; private init; } = [];

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
                Dates = rows.Dates,
                Baselines = baselines,
                Best = ofBest,
                Delivered = ReferenceEquals(delivered, best) ? ofBest : Of(delivered),
            };
        }

        return new ModelForecasts
        {
            Validation = Split(inputs.WholeValidation, inputs.ValidationBaselines),
            Test = Split(inputs.WholeTest, inputs.TestBaselines),
            WalkForward =
            [
                .. inputs.WalkForward.Blocks.Select(block => new SplitForecasts
                {
                    Dates = block.Dates,
                    Baselines = block.Baselines,
                    Best = block.BestTrial,
                    Delivered = block.Model,
                }),
            ],
        };
    }

    /// <summary>
    /// <c>split</c>, <c>date</c> where the rows have one, <c>actual</c>, <c>model</c> (what is delivered), <c>best_trial</c>, and a column
    /// for every baseline; the validation rows, the test rows, then the rows of the walk-forward as its folds forecast them. Null where
    /// there is nothing to tell.
    /// </summary>
    public Table? ToTable()
    {
        (string Name, SplitForecasts? Of)[] all =
            [("validation", Validation), ("test", Test), .. WalkForward.Select(block => ("walk-forward", (SplitForecasts?)block))];
        (string Name, SplitForecasts Of)[] splits = [.. all.Where(split => split.Of is not null).Select(split => (split.Name, split.Of!))];
        if (splits.Length == 0) return null;
        Column Number(string name, Func<SplitForecasts, double[]> values) =>
            new NumberColumn(name, [.. splits.SelectMany(split => values(split.Of))]);
        return new Table(
        [
            new TextColumn("split", [.. splits.SelectMany(split => Enumerable.Repeat(split.Name, split.Of.Rows))]),
            .. splits.All(split => split.Of.Dates is not null)
                ? [new DateColumn("date", [.. splits.SelectMany(split => split.Of.Dates!).Cast<DateTimeOffset?>()])]
                : Array.Empty<Column>(),
            Number("actual", split => split.Baselines.Target),
            Number("model", split => split.Delivered),
            Number("best_trial", split => split.Best),
            .. splits[0].Of.Baselines.Forecasts.Keys.Select(name => Number(name, split => split.Of(name))),
        ], "predictions.parquet");
    }
}

/// <summary>Forecasts of the rows of a split, in the target's unit.</summary>
internal sealed record SplitForecasts
{
    /// <summary>Dates of the rows, [N]; null where they have none.</summary>
    public required DateTimeOffset[]? Dates { get; init; }

    /// <summary>What the baselines forecast, and the targets.</summary>
    public required BaselineForecasts Baselines { get; init; }

    /// <summary>Forecasts of the best trial, [N].</summary>
    public required double[] Best { get; init; }

    /// <summary>Forecasts of what is delivered, [N].</summary>
    public required double[] Delivered { get; init; }

    /// <summary>Number of rows N.</summary>
    public int Rows => Delivered.Length;

    /// <summary>Forecasts of a baseline, [N]; not a number where the rows have no such baseline.</summary>
    public double[] Of(string baseline) =>
        Baselines.Forecasts.GetValueOrDefault(baseline) ?? [.. Enumerable.Repeat(double.NaN, Rows)];
}
