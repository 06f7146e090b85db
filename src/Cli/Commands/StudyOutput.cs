using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Progress;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Evaluation;
using MacroCausal.Data.Tables;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using Spectre.Console;

namespace MacroCausal.Cli.Commands;

/// <summary>What <c>train</c> and <c>resume</c> say: progress, the end, and the last JSON line.</summary>
internal sealed class StudyOutput(bool json, InvocationConfiguration streams)
{
    /// <summary>How every JSON line is written.</summary>
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly TextWriter _output = streams.Output;
    private readonly TextWriter _error = streams.Error;
    private StudyProgress? _progress;

    // Progress and results stand beside the JSON line, not before it.
    private TextWriter Lines => json ? _error : _output;

    private bool IsTerminal => !json && _output is GuardedWriter && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;

    /// <summary>
    /// The view of a study: live on a terminal that can draw, plain lines elsewhere, beside the JSON where that is asked for.
    /// </summary>
    public IStudyView View(int trials, int maxEpochs)
    {
        _progress = new StudyProgress(trials, maxEpochs);
        return IsTerminal ? new LiveView(AnsiConsole.Console, _progress, TimeProvider.System) : new PlainView(Lines, _progress);
    }

    /// <summary>Says something in between, beside the JSON where that is asked for.</summary>
    public void Say(string sentence) => Lines.WriteSentence(sentence);

    /// <summary>Says how the study ended and returns the exit code.</summary>
    public int End(string executionId, StudyOutcome? outcome, EmbeddedStore? store = null)
    {
        switch (outcome)
        {
            case { Completed: { } completed }:
                Write(Completed(store, completed), CompletedJson(completed, _progress?.Data?.Profile.Warnings));
                TellUnwritten($"the model {completed.ModelId} is registered all the same");
                return ExitCodes.Done;
            case { Failed: { } failed }:
                return Refuse(executionId, failed.Reasons, failed.InvalidInput ? ExitCodes.BadInput : ExitCodes.Failed);
            default:
                var resume = Invocation.Of(["resume", "--execution-id", executionId, .. store is null ? [] : StoreOf(store)]);
                Write([$"stopped; nothing is lost. Go on with: {resume}"], new { executionId, status = "STOPPED", resume });
                TellUnwritten($"go on with: {resume}");
                return ExitCodes.Interrupted;
        }
    }

    /// <summary>Says that the command was interrupted while there was no study yet that could be resumed.</summary>
    public int StopBeforeStudy(string? executionId)
    {
        Write(["stopped before anything was begun; type the same command again"], new { executionId, status = "STOPPED" });
        return ExitCodes.Interrupted;
    }

    /// <summary>Says that nobody watches any more; the study on AWS does not notice.</summary>
    public int StopWatching(string executionId)
    {
        var watch = Invocation.Of("watch", "--execution-id", executionId);
        Write([$"stopped watching; the study goes on. Watch it again with: {watch}"], new { executionId, status = "STOPPED", watch });
        return ExitCodes.Interrupted;
    }

    /// <summary>Says that nobody follows the study any more and that it was asked to end.</summary>
    public int StopCancelling(string executionId)
    {
        var resume = Invocation.Of("resume", "--aws", "--execution-id", executionId);
        Write(
            [$"stopped; the study was asked to end. Take it up again with: {resume}"],
            new { executionId, status = "STOPPED", cancelled = true, resume });
        return ExitCodes.Interrupted;
    }

    /// <summary>Says why there is no model, and returns the exit code.</summary>
    public int Refuse(string? executionId, IReadOnlyList<string> reasons, int exitCode)
    {
        reasons = [.. reasons.Select(PrintableText.Of)];
        foreach (var reason in reasons)
        {
            _error.WriteSentence("error: " + reason);
        }

        if (json)
        {
            var status = exitCode == ExitCodes.BadInput ? "REJECTED" : "FAILED";
            var error = string.Join(' ', reasons);
            _output.WriteLine(JsonSerializer.Serialize(new { executionId, status, error, reasons }, Json));
            TellUnwritten("standard error has the reasons");
        }

        return exitCode;
    }

    // The exit code says how the study ended, not whether anybody could read of it.
    private void TellUnwritten(string instead)
    {
        if ((_output as GuardedWriter)?.TakeFailure() is { } failure)
        {
            _error.WriteSentence($"warning: standard output could not be written ({failure}); {instead}");
        }
    }

    private void Write(IEnumerable<string> lines, object summary)
    {
        var columns = IsTerminal ? AnsiConsole.Profile.Width : int.MaxValue;
        foreach (var line in lines.SelectMany(line => Sentences.Wrap(line, columns)))
        {
            Lines.WriteSentence(line);
        }

        if (json)
        {
            _output.WriteLine(JsonSerializer.Serialize(summary, Json));
        }
    }

    private static IEnumerable<string> Completed(EmbeddedStore? store, TrainingCompleted completed) =>
        [
            "",
            $"trained {completed.ModelId} in {completed.Seconds:F1} s: "
                + $"{completed.Trials} trials ({completed.FailedTrials} failed), {completed.TrialEpochs} epochs",
            $"  best        trial {completed.BestTrial}, epoch {completed.BestEpoch}: {StudyText.Config(completed.BestConfig)}",
            $"  validation  {StudyText.Loss(completed.BestValidationLoss)}; "
                + $"best baseline: {StudyText.BestBaseline(completed.Baselines)}",
            $"  verdict     {VerdictOf(completed).Sentence}",
            $"  artifacts   {ArtifactsOf(store, completed)}",
            $"  next        {Invocation.Of(["models", "show", completed.ExecutionId, .. store is null ? ["--aws"] : StoreOf(store)])}",
        ];

    private static string ArtifactsOf(EmbeddedStore? store, TrainingCompleted completed) =>
        store is null ? completed.ModelUri : new DirectoryObjectStore(store.Directory).PathOf(completed.ModelUri.TrimEnd('/'));

    private static string[] StoreOf(EmbeddedStore store) => ["--store", store.Directory];

    // A Registry of an older version gives no verdict.
    private static Verdict VerdictOf(TrainingCompleted completed) => completed.Verdict ?? StudyVerdict.Of(
        new StudyLosses
        {
            Loss = completed.BestValidationLoss,
            Baselines = completed.Baselines,
            Rows = 0,
            Looks = completed.TrialEpochs,
        },
        corrected: null, "an older version registered the model");

    private static Dictionary<string, object?> CompletedJson(TrainingCompleted completed, IReadOnlyList<string>? warnings)
    {
        var verdict = VerdictOf(completed);
        return new(
        [
            new("executionId", completed.ExecutionId),
            new("status", "TRAINED"),
            new("modelId", completed.ModelId),
            new("modelUri", completed.ModelUri),
            new("bestTrial", completed.BestTrial),
            new("bestConfig", completed.BestConfig),
            new("bestValidationLoss", completed.BestValidationLoss),
            .. Baseline.InOrder(completed.Baselines)
                .Select(baseline => new KeyValuePair<string, object?>(Baseline.JsonKey(baseline.Key), baseline.Value)),
            new("baselines", completed.Baselines),
            new("bestBaseline", verdict.BestBaseline),
            new("verdict", verdict.Word),
            new("verdictSentence", verdict.Sentence),
            new("loss", verdict.Loss),
            new("networks", verdict.Networks),
            new("linearMembers", verdict.LinearMembers),
            new("correctedLoss", verdict.CorrectedLoss),
            new("correctedInterval", verdict.CorrectedInterval),
            new("difference", verdict.Difference),
            new("differenceInterval", verdict.DifferenceInterval),
            new("walkForward", verdict.WalkForward),
            new("trials", completed.Trials),
            new("trialEpochs", completed.TrialEpochs),
            new("seconds", completed.Seconds),
            new("warnings", warnings),
        ]);
    }
}
