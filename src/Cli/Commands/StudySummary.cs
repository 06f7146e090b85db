using System.Text.Json;
using System.Text.Json.Nodes;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary>A study in a line.</summary>
internal sealed record StudySummary
{
    public required string ExecutionId { get; init; }

    /// <summary>Name of the state, as the record has it.</summary>
    public required string State { get; init; }

    public bool Cancelled { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Trials that neither run nor wait for a runner; null where that is not known.</summary>
    public int? TrialsDone { get; init; }

    public int? TrialsAsked { get; init; }

    /// <summary>Lowest validation loss so far, in the target's unit, squared.</summary>
    public double? BestLoss { get; init; }

    /// <summary>The verdict's word.</summary>
    public string? Verdict { get; init; }

    /// <summary>The summary of a record; of one that this version cannot read, what every record says.</summary>
    public static async Task<StudySummary> OfAsync(StudyRecord record, IStudyStore studies, CancellationToken cancellationToken)
    {
        var summary = new StudySummary { ExecutionId = record.ExecutionId, State = record.State, StartedAt = record.StartedAt };
        if (TryRead(record) is not { } study) return summary;

        summary = summary with
        {
            Cancelled = study.Cancelled is not null,
            TrialsAsked = study.Settings.Trials,
            Verdict = study.Completed?.Verdict?.Word,
        };
        if (study.Completed is { } completed)
        {
            return summary with { TrialsDone = completed.Trials, BestLoss = completed.BestValidationLoss };
        }

        var trials = await studies.ListTrialsAsync(record.ExecutionId, cancellationToken).ToListAsync(cancellationToken);
        return summary with { TrialsDone = StudyFigures.Done(trials), BestLoss = StudyFigures.Best(trials)?.Loss };
    }

    private static StudyInstance? TryRead(StudyRecord record)
    {
        try
        {
            return StudyDocument.Read(record);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>All that the records say of a study.</summary>
/// <param name="Study">The study.</param>
/// <param name="Trials">Its trials, by number.</param>
internal sealed record StudyDetails(StudyInstance Study, IReadOnlyList<TrialRecord> Trials)
{
    public static async Task<StudyDetails> OfAsync(StudyRecord record, IStudyStore studies, CancellationToken cancellationToken) => new(
        StudyDocument.Read(record),
        await studies.ListTrialsAsync(record.ExecutionId, cancellationToken).ToListAsync(cancellationToken));
}

/// <summary>Figures of a study's trials.</summary>
internal static class StudyFigures
{
    /// <summary>Number of trials that neither run nor wait for a runner.</summary>
    public static int Done(IEnumerable<TrialRecord> trials) => trials.Count(trial => trial.Status != TrialStatus.Running);

    /// <summary>The trial with the lowest loss at a milestone, and that loss; null where none is finite.</summary>
    public static (TrialRecord Trial, double Loss)? Best(IEnumerable<TrialRecord> trials) => trials
        .SelectMany(trial => trial.Milestones.Select(reached => (Trial: trial, reached.Loss)))
        .Where(reached => reached.Loss is { } loss && double.IsFinite(loss))
        .OrderBy(reached => reached.Loss).ThenBy(reached => reached.Trial.Trial)
        .Select(reached => ((TrialRecord, double)?)(reached.Trial, reached.Loss!.Value))
        .FirstOrDefault();

    /// <summary>The settings that are not what they are where nobody says; of the search space, the hyperparameters that are not.</summary>
    public static JsonObject Differences(StudySettings settings)
    {
        var defaults = Json(new StudySettings
        {
            ExecutionId = settings.ExecutionId,
            GoldBucket = settings.GoldBucket,
            ArtifactsBucket = settings.ArtifactsBucket,
            ModelRegistryTable = settings.ModelRegistryTable,
        });
        return Differences(Json(settings), defaults);
    }

    private static JsonObject Differences(JsonObject values, JsonObject defaults)
    {
        var differences = new JsonObject();
        foreach (var (name, value) in values.Where(value => !JsonNode.DeepEquals(value.Value, defaults[value.Key])))
        {
            differences[name] = name == "searchSpace"
                ? Differences(value!.AsObject(), defaults[name]!.AsObject())
                : value?.DeepClone();
        }

        return differences;
    }

    private static JsonObject Json(StudySettings settings) =>
        JsonSerializer.SerializeToNode(settings, JsonSerializerOptions.Web)!.AsObject();
}
