using MacroCausal.Contracts;
using MacroCausal.Data.Tables;
using MacroCausal.Integration.Tests.Services;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Integration.Tests.Chaos;

/// <summary>What became of a study and its trials.</summary>
/// <param name="ExecutionId">The study.</param>
/// <param name="State">Its state.</param>
/// <param name="Reasons">Why it failed.</param>
/// <param name="Trials">Its trials.</param>
/// <param name="Epochs">Epochs on record.</param>
/// <param name="Wrong">What is not as it must be, a sentence each.</param>
internal sealed record StudyAccount(
    string ExecutionId, string State, IReadOnlyList<string> Reasons, IReadOnlyList<TrialRecord> Trials, int Epochs,
    IReadOnlyList<string> Wrong)
{
    public static async Task<StudyAccount> OfAsync(LocalAws aws, string executionId)
    {
        if (await aws.StudyRecords.FindStudyAsync(executionId) is not { } record)
        {
            return new StudyAccount(executionId, "none", [], [], 0, ["was never begun"]);
        }

        var study = StudyDocument.Read(record);
        var trials = await aws.StudyRecords.ListTrialsAsync(executionId).ToListAsync();
        var epochs = await aws.StudyRecords.ListEpochsAsync(executionId).ToListAsync();
        var wrong = new List<string>();
        if (!record.IsOver) wrong.Add($"is {record.State}");
        if (!trials.Select(trial => trial.Trial).SequenceEqual(Enumerable.Range(0, trials.Count))) wrong.Add("trials are missing");
        if (epochs.DistinctBy(epoch => (epoch.Trial, epoch.Epoch)).Count() != epochs.Count) wrong.Add("an epoch is on record twice");
        if (record.State == "Completed")
        {
            wrong.AddRange(OfSearch(study, trials));
        }

        if (record.State == "Completed" && study.Settings.Fold is null)
        {
            var models = await aws.Registry.ListAsync(executionId).CountAsync();
            if (models != 1) wrong.Add($"has {models} models");
            wrong.AddRange(await OfTableAsync(aws, executionId, trials));
        }

        return new StudyAccount(executionId, record.State, study.Failed?.Reasons ?? [], trials, epochs.Count, wrong);
    }

    private static IEnumerable<string> OfSearch(StudyInstance study, List<TrialRecord> trials)
    {
        if (trials.Count != study.Settings.Trials) yield return $"has {trials.Count} of {study.Settings.Trials} trials";
        foreach (var trial in trials.Where(trial => trial.Status == TrialStatus.Running))
        {
            yield return $"trial {trial.Trial} still runs";
        }
    }

    // Every trial is in trials.parquet, every epoch that it has behind it once.
    private static async Task<IEnumerable<string>> OfTableAsync(LocalAws aws, string executionId, List<TrialRecord> trials)
    {
        using var copy = new MemoryStream();
        await using (var content = await aws.OpenArtifactAsync(ObjectKeys.Model(executionId) + "trials.parquet"))
        {
            await content.CopyToAsync(copy);
        }

        copy.Position = 0;
        var table = await ParquetTable.ReadAsync(copy, "trials.parquet");
        var (numbers, epochs) = (Numbers(table, "trial"), Numbers(table, "epoch"));
        var rows = numbers.Zip(epochs).ToList();
        var wrong = new List<string>();
        if (rows.Distinct().Count() != rows.Count) wrong.Add("trials.parquet has a row twice");
        var byTrial = rows.ToLookup(row => (int)row.First, row => row.Second);
        foreach (var trial in trials)
        {
            var missing = Enumerable.Range(1, trial.Epoch).Count(epoch => !byTrial[trial.Trial].Contains(epoch));
            if (!byTrial.Contains(trial.Trial)) wrong.Add($"trials.parquet is without trial {trial.Trial}");
            if (missing > 0) wrong.Add($"trials.parquet is without {missing} of {trial.Epoch} epochs of trial {trial.Trial}");
        }

        return wrong;
    }

    private static double[] Numbers(Table table, string name)
    {
        var column = (NumberColumn)table.Columns.Single(column => column.Name == name);
        return [.. Enumerable.Range(0, column.Count).Select(row => column.Values[row])];
    }
}
