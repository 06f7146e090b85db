using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;
using MacroCausal.Data.Preparation;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Export;
using MacroCausal.Storage;

namespace MacroCausal.Registry;

/// <summary>
/// Compares the trials, their ensemble and the best baseline on the validation rows: every trial's network of its best epoch, read from its
/// checkpoint, forecasts them once more. Where that is not possible there are no corrected figures, and a reason why.
/// </summary>
internal sealed record TrialComparison
{
    // Each is an object to read. The worst of more trials than these have little chance to be the best of a resample.
    private const int MaxTrials = 500;
    private const int MaxConcurrentReads = 8;

    // 400 MB of errors.
    private const int MaxErrors = 50_000_000;

    /// <summary>Corrected figures of the best trial; null where there are none.</summary>
    public CorrectedFigures? Best { get; private init; }

    /// <summary>The ensemble of trials; null where none was asked for, or a single trial is all that it would have.</summary>
    public TrialEnsemble? Ensemble { get; private init; }

    /// <summary>Mean absolute error of every trial that was compared, at its best epoch, by trial, in the target's unit.</summary>
    public IReadOnlyDictionary<int, double> AbsoluteErrors { get; private init; } = new Dictionary<int, double>();

    /// <summary>Why there are no corrected figures, to stand after "because"; empty where there are.</summary>
    public string Reason { get; private init; } = "";

    /// <summary>The ensemble where it has the lower corrected loss; null where the best trial alone stands for the networks.</summary>
    public TrialEnsemble? Networks => Ensemble is { } ensemble && ensemble.Figures.Loss < Best!.Loss ? ensemble : null;

    /// <summary>The networks together with baselines, which is delivered; null where none was asked for, or there is no baseline.</summary>
    public BaselineCombination? Combination { get; private init; }

    /// <summary>What is delivered; null for the best trial alone.</summary>
    public ModelEnsemble? Delivered => Combination?.Model ?? Networks?.Model;

    /// <summary>Loss of what is delivered on the rows that selected it; null for the best trial alone.</summary>
    public double? DeliveredLoss => Combination?.Loss ?? Networks?.Gain.Loss;

    /// <summary>Corrected figures of what is delivered.</summary>
    public CorrectedFigures? Figures => Combination?.Figures ?? Networks?.Figures ?? Best;

    /// <summary>Compares the trials of a study.</summary>
    /// <param name="trials">Every trial, by number.</param>
    /// <param name="validation">The rows that selected the best one, scaled.</param>
    /// <param name="baselines">What the baselines forecast for them; null from a DataPrep of an older version.</param>
    /// <param name="linear">The baselines that may be part of what is delivered.</param>
    /// <param name="manifest">What unscales the target.</param>
    /// <param name="settings">The seed of the draws, and the size of the ensemble.</param>
    /// <param name="read">Reads a checkpoint's network of the best epoch, as one that forecasts the target.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    public static async Task<TrialComparison> OfAsync(
        IReadOnlyList<TrialRecord> trials, FeatureMatrix validation, BaselineForecasts? baselines,
        IReadOnlyList<LinearMember> linear, DataManifest manifest, StudySettings settings,
        Func<ObjectReference, CancellationToken, Task<TrainedModel>> read, CancellationToken cancellationToken)
    {
        if (baselines is null) return None("the baselines' forecasts were not kept; prepare the data with this version");
        if (validation.Rows < SelectionCorrection.MinRows)
        {
            return None($"{SelectionCorrection.MinRows} validation rows are needed for it and there are {validation.Rows}");
        }

        var best = Baseline.BestOf(manifest.Baselines).Key;
        if (!baselines.Forecasts.ContainsKey(best)) return None($"the forecasts of the baseline '{best}' were not kept");
        var candidates = trials.Where(trial => trial is { Checkpoint: not null, BestEpoch: > 0 })
            .OrderBy(trial => trial.LowestMilestoneLoss() ?? double.PositiveInfinity)
            .Take(Math.Min(MaxTrials, Math.Max(1, MaxErrors / validation.Rows))).ToList();
        if (candidates.Count == 0) return None("no trial has a checkpoint on record");
        var forecasts = new (TrainedModel Model, double[] Errors)[candidates.Count];
        try
        {
            await Parallel.ForAsync(
                0, candidates.Count,
                new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentReads, CancellationToken = cancellationToken },
                async (index, token) =>
                {
                    var model = await read(candidates[index].Checkpoint!, token);
                    forecasts[index] = (model, Errors(model, validation, manifest.TargetScale));
                });
        }
        catch (Exception exception) when (exception is RegistrationException or ModelFileException or ArgumentException)
        {
            return None("a trial's checkpoint cannot be used: " + exception.Message.TrimEnd('.'));
        }

        var other = baselines.SquaredErrors(best);
        var comparison = Of(candidates, forecasts, other, settings) with
        {
            AbsoluteErrors = candidates.Zip(forecasts)
                .ToDictionary(trial => trial.First.Trial, trial => trial.Second.Errors.Average(Math.Abs)),
        };
        return settings.EnsembleSize == 1 ? comparison : comparison with
        {
            Combination = BaselineCombination.Of(
                comparison, forecasts, [.. linear.Select(member => CombinedBaseline.Of(member, validation, manifest.TargetScale))], other,
                settings),
        };
    }

    /// <summary>No corrected figures, and why.</summary>
    public static TrialComparison None(string reason) => new() { Reason = reason };

    private static TrialComparison Of(
        List<TrialRecord> candidates, (TrainedModel Model, double[] Errors)[] forecasts, double[] baseline, StudySettings settings)
    {
        double[][] errors = Array.ConvertAll(forecasts, forecast => forecast.Errors);
        var seed = SeedOf(settings);
        var counts = SelectionCorrection.SelectEnsemble(errors, settings.EnsembleSize);
        if (counts.Count(count => count > 0) < 2)
        {
            double[][] squares = Array.ConvertAll(errors, trial => Array.ConvertAll(trial, error => error * error));
            return new TrialComparison { Best = SelectionCorrection.Of(squares, baseline, seed) };
        }

        var (best, ensemble) = SelectionCorrection.WithEnsemble(errors, baseline, settings.EnsembleSize, seed);
        int[] members = [.. counts.Index().Where(candidate => candidate.Item > 0).Select(candidate => candidate.Index)];
        return new TrialComparison
        {
            Best = best,
            Ensemble = new TrialEnsemble
            {
                Trials = [.. members.Select(member => new MemberTrial(candidates[member].Trial, counts[member]))],
                Model = new ModelEnsemble([.. members.Select(member => new EnsembleMember(forecasts[member].Model, counts[member]))]),
                Errors = EnsembleSelection.Mean(errors, counts),
                Gain = EnsembleGain.Of(errors, counts),
                Figures = ensemble,
            },
        };
    }

    /// <summary>Seed of the draws of a study.</summary>
    public static int SeedOf(StudySettings settings) => unchecked((int)(settings.Seed ^ (settings.Seed >> 32)));

    /// <summary>Forecast less target of every row, in the target's unit, [N].</summary>
    public static double[] Errors(TrainedModel model, FeatureMatrix rows, double targetScale)
    {
        using var predictor = new Predictor(model);
        return [.. predictor.Predict(rows.Features).Zip(rows.Target!, (forecast, target) => ((double)forecast - target) * targetScale)];
    }
}

/// <summary>Trials whose weighted mean forecasts together.</summary>
internal sealed record TrialEnsemble
{
    /// <summary>The trials, in the order of their losses.</summary>
    public required IReadOnlyList<MemberTrial> Trials { get; init; }

    /// <summary>Their networks, in the same order.</summary>
    public required ModelEnsemble Model { get; init; }

    /// <summary>Forecast less target of the mean on the validation rows, [N], in the target's unit.</summary>
    public required double[] Errors { get; init; }

    /// <summary>What the mean gains on the validation rows, which selected the members.</summary>
    public required EnsembleGain Gain { get; init; }

    /// <summary>Figures that are corrected for the selection of the members.</summary>
    public required CorrectedFigures Figures { get; init; }
}

/// <summary>A trial in an ensemble.</summary>
/// <param name="Trial">Its number.</param>
/// <param name="Weight">How often it was selected; its share is this over the sum of all.</param>
internal sealed record MemberTrial(int Trial, int Weight);
