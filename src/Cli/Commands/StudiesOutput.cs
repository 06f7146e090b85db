using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MacroCausal.Cli.Progress;
using MacroCausal.Dashboard.Studies;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary>Studies as lines that fit a pipe, never wrapped, or as one line of JSON. Times are UTC.</summary>
internal sealed class StudiesOutput(bool json, TextWriter output, TextWriter error)
{
    private const int MaxNumbers = 20;

    private static readonly JsonSerializerOptions Relaxed = StudyOutput.Json;

    /// <summary>Where what stands beside the JSON goes.</summary>
    public TextWriter Lines => json ? error : output;

    /// <summary>Says what was done, and how the study stands then.</summary>
    public void Say(string sentence, object summary)
    {
        Lines.WriteSentence(sentence);
        if (json)
        {
            WriteJson(summary);
        }
    }

    public void List(IReadOnlyList<StudySummary> studies)
    {
        if (json)
        {
            WriteJson(studies);
            return;
        }

        output.WriteSentence(Line("started (UTC)", "state", "trials", "best loss", "verdict", "execution"));
        foreach (var study in studies)
        {
            output.WriteSentence(Line(
                Utc(study.StartedAt),
                State(study.State, study.Cancelled, study.Paused),
                Invariant($"{study.TrialsDone}/{study.TrialsAsked}"),
                study.BestLoss is { } loss ? Invariant($"{loss:G5}") : "",
                study.Verdict ?? "",
                study.ExecutionId));
        }
    }

    /// <param name="details">The study.</param>
    /// <param name="artifacts">Where the model's artifacts are; null where there is no model.</param>
    public void Show(StudyDetails details, string? artifacts)
    {
        if (json)
        {
            WriteJson(Json(details, artifacts));
            return;
        }

        foreach (var (name, value) in Rows(details, artifacts).Where(row => row.Value.Length > 0))
        {
            output.WriteSentence($"{name,-10}  {value}");
        }
    }

    private void WriteJson(object value) => output.WriteLine(JsonSerializer.Serialize(value, Relaxed));

    private static string Line(string started, string state, string trials, string loss, string verdict, string execution) =>
        $"{started,-19}  {state,-18}  {trials,9}  {loss,10}  {verdict,-10}  {execution}".TrimEnd();

    private static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string State(string state, bool cancelled, bool paused) =>
        state + (cancelled ? " (cancelled)" : paused ? " (paused)" : "");

    private IEnumerable<(string Name, string Value)> Rows(StudyDetails details, string? artifacts)
    {
        var (study, trials) = details;
        yield return ("study", study.Settings.ExecutionId);
        yield return ("state", State(study.CurrentState, study.Cancelled is not null, study.PausedAt is not null));
        yield return ("started", Utc(study.StartedAt) + " UTC");
        yield return ("settings", Settings(study.Settings));
        yield return ("data", study.Data is { } data
            ? Invariant($"{data.TrainRows} rows to train, {data.ValidationRows} to validate, {data.TestRows} to test; ")
                + Invariant($"{data.Features} features")
            : "not prepared");
        yield return ("to beat", study.Data is null ? "" : StudyText.Baselines(study.Data.Baselines));
        yield return ("trials", Trials(trials, study.Settings.Trials));
        yield return ("best", TrialFigures.Best(trials) is { } best
            ? Invariant($"trial {best.Trial.Trial}, epoch {best.Trial.BestEpoch}, loss {StudyText.Loss(best.Loss)}: ")
                + StudyText.Config(best.Trial.Config)
            : "none yet");
        foreach (var row in SmallPlot.Of(output, Environment.GetEnvironmentVariable).Rows(trials))
        {
            yield return row;
        }

        foreach (var group in FailureGroup.Of(trials))
        {
            yield return ("failed", Invariant($"{group.Trials.Count} x {group.Reason} (trial {Numbers(group.Trials)})"));
        }

        foreach (var reason in study.Failed?.Reasons ?? [])
        {
            yield return ("error", reason);
        }

        yield return ("verdict", study.Completed?.Verdict?.Sentence ?? "");
        yield return ("model", study.Completed?.ModelId ?? "");
        yield return ("artifacts", artifacts ?? "");
    }

    private static string Settings(StudySettings settings)
    {
        var differences = ChangedSettings.Of(settings);
        return differences.Count == 0
            ? "the defaults"
            : string.Join(", ", differences.Select(setting => $"{setting.Key} {setting.Value?.ToJsonString(Relaxed) ?? "none"}"));
    }

    private static string Trials(IReadOnlyList<Storage.TrialRecord> trials, int asked)
    {
        var states = ByStatus(trials).Select(group => Invariant($"{group.Value} {group.Key}"));
        return Invariant($"{trials.Count} of {asked} begun")
            + (trials.Count == 0 ? "" : ": " + string.Join(", ", states))
            + Invariant($"; {trials.Sum(trial => (long)trial.Epoch)} epochs at milestones");
    }

    private static Dictionary<string, int> ByStatus(IEnumerable<Storage.TrialRecord> trials) => trials
        .GroupBy(trial => trial.Status).OrderBy(group => group.Key)
        .ToDictionary(group => JsonNamingPolicy.CamelCase.ConvertName(group.Key.ToString()), group => group.Count());

    private static string Numbers(IReadOnlyList<int> trials) =>
        string.Join(", ", trials.Take(MaxNumbers)) + (trials.Count > MaxNumbers ? ", ..." : "");

    private static JsonObject Json(StudyDetails details, string? artifacts)
    {
        var (study, trials) = details;
        var best = TrialFigures.Best(trials);
        return new JsonObject
        {
            ["executionId"] = study.Settings.ExecutionId,
            ["state"] = study.CurrentState,
            ["cancelled"] = study.Cancelled is not null,
            ["pausedAt"] = study.PausedAt,
            ["startedAt"] = study.StartedAt,
            ["settings"] = ChangedSettings.Of(study.Settings),
            ["trialsDone"] = TrialFigures.Done(trials),
            ["trialsAsked"] = study.Settings.Trials,
            ["trials"] = Node(ByStatus(trials)),
            ["epochs"] = trials.Sum(trial => (long)trial.Epoch),
            ["best"] = best is { } found
                ? new JsonObject
                {
                    ["trial"] = found.Trial.Trial,
                    ["epoch"] = found.Trial.BestEpoch,
                    ["loss"] = found.Loss,
                    ["config"] = Node(found.Trial.Config),
                }
                : null,
            ["failures"] = Node(FailureGroup.Of(trials)),
            ["reasons"] = Node(study.Failed?.Reasons ?? []),
            ["verdict"] = study.Completed?.Verdict?.Word,
            ["verdictSentence"] = study.Completed?.Verdict?.Sentence,
            ["modelId"] = study.Completed?.ModelId,
            ["artifacts"] = artifacts,
        };
    }

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, JsonSerializerOptions.Web);
}
