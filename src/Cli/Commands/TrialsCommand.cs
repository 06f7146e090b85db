using System.CommandLine;
using System.Text.Json;
using MacroCausal.Cli.Progress;
using MacroCausal.Storage;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal trials</c>: the trials of a study as a table, the lowest loss first, or one of them with its curve.</summary>
internal static class TrialsCommand
{
    public static Command Create()
    {
        var study = new Argument<string>("study") { Description = "Execution id of the study" };
        var trial = CommonOptions.Number<int>("--trial", "Show this trial alone: configuration, learning curve, rungs and failure");
        var (aws, store, json) = (StudyStores.AwsOption(), CommonOptions.Store(), CommonOptions.Json());
        var command = new Command("trials", "List the trials of a study, the lowest loss first, or show one")
        {
            study, trial, aws, store, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = StudyStores.Open(parsed, aws, store);
            var record = await stores.FindAsync(parsed.GetRequiredValue(study), cancellationToken);
            var trials = await stores.Studies.ListTrialsAsync(record.ExecutionId, cancellationToken).ToListAsync(cancellationToken);
            var asked = parsed.GetValue(trial);
            var one = asked is null ? null : trials.FirstOrDefault(known => known.Trial == asked) ?? throw new BadInputException(
                $"The study '{record.ExecutionId}' has no trial {asked}; it has {trials.Count}, from 0 on.");
            var epochs = one is null
                ? stores.Studies.ListEpochsAsync(record.ExecutionId, cancellationToken)
                : stores.Studies.ListEpochsAsync(record.ExecutionId, one.Trial, cancellationToken);
            var curves = (await epochs.ToListAsync(cancellationToken)).ToLookup(epoch => epoch.Trial);
            var output = new TrialsOutput(parsed.InvocationConfiguration.Output, parsed.GetValue(json));
            if (one is null)
            {
                output.List([.. trials.Select(known => ShownTrial.Of(known, curves[known.Trial]))]);
            }
            else
            {
                output.Show(ShownTrial.Of(one, curves[one.Trial]));
            }

            return ExitCodes.Done;
        });
        return command;
    }
}

/// <summary>A trial with its epochs in order, and its lowest validation loss; null where none is known.</summary>
internal sealed record ShownTrial(TrialRecord Trial, IReadOnlyList<EpochRecord> Epochs, double? Loss)
{
    /// <summary>Validation losses by epoch, those that are finite.</summary>
    public IReadOnlyList<double> Curve => [.. Epochs.Select(epoch => epoch.Metrics.ValidationLoss).OfType<double>()];

    /// <summary>Reports of epochs may be lost; what the rungs compared is in the trial's own record.</summary>
    public static ShownTrial Of(TrialRecord trial, IEnumerable<EpochRecord> epochs)
    {
        EpochRecord[] ordered = [.. epochs.OrderBy(epoch => epoch.Epoch)];
        return new ShownTrial(trial, ordered,
            ordered.Min(epoch => epoch.Metrics.ValidationLoss) ?? trial.LowestMilestoneLoss());
    }
}

/// <summary>Trials as lines that fit a pipe, never wrapped, what one looks for in the first 40 columns; or as one line of JSON.</summary>
internal sealed class TrialsOutput(TextWriter output, bool json)
{
    private const int CurveWidth = 12;
    private readonly SmallPlot _plot = SmallPlot.Of(output, Environment.GetEnvironmentVariable);

    public void List(IReadOnlyList<ShownTrial> trials)
    {
        ShownTrial[] sorted = [.. trials.OrderBy(one => one.Loss is null).ThenBy(one => one.Loss).ThenBy(one => one.Trial.Trial)];
        if (json)
        {
            Write(sorted.Select(one => Json(one, withCurve: false)));
            return;
        }

        output.WriteSentence(Line("trial", "loss", "epochs", "curve", "status", "rungs", "failure"));
        foreach (var one in sorted)
        {
            output.WriteSentence(Line(
                Invariant($"{one.Trial.Trial}"),
                one.Loss is { } loss ? Invariant($"{loss:G5}") : "-",
                Invariant($"{Math.Max(one.Epochs.Count, one.Trial.Epoch)}"),
                _plot.Line(one.Curve, CurveWidth),
                Status(one.Trial),
                string.Join(',', one.Trial.Milestones.Select(milestone => Invariant($"{milestone.Epoch}"))),
                one.Trial.Failure ?? ""));
        }
    }

    public void Show(ShownTrial one)
    {
        if (json)
        {
            Write(Json(one, withCurve: true));
            return;
        }

        var curve = one.Curve;
        (string Name, string? Value)[] rows =
        [
            ("trial", Invariant($"{one.Trial.Trial}")),
            ("status", Status(one.Trial)),
            ("loss", one.Loss is null ? "none" : Invariant($"{StudyText.Loss(one.Loss)}, best epoch {one.Trial.BestEpoch}")),
            .. Hyperparameters.All.Select(entry => (entry.Label, (string?)entry.Format(one.Trial.Config))),
            ("curve", _plot.Line(curve)),
            ("from, to", curve.Count == 0 ? null : Invariant($"{curve[0]:G5}, {curve[^1]:G5} in {one.Epochs.Count} epochs")),
            .. one.Trial.Milestones.Select(milestone => (Invariant($"rung {milestone.Epoch}"),
                (string?)(milestone.Loss is { } loss ? Invariant($"{loss:G5}") : "none"))),
            ("runners", string.Join(", ", one.Epochs.Select(epoch => epoch.Runner).Where(runner => runner is not null).Distinct())),
            ("failure", one.Trial.Failure),
        ];
        foreach (var (name, value) in rows.Where(row => !string.IsNullOrEmpty(row.Value)))
        {
            output.WriteSentence($"{name,-13}  {value}");
        }
    }

    private static string Line(string trial, string loss, string epochs, string curve, string status, string rungs, string failure) =>
        $"{trial,5}  {loss,9}  {epochs,6}  {curve,-CurveWidth}  {status,-9}  {rungs,-12}  {failure}".TrimEnd();

    private static string Status(TrialRecord trial) => JsonNamingPolicy.CamelCase.ConvertName(trial.Status.ToString());

    private static Dictionary<string, object?> Json(ShownTrial one, bool withCurve)
    {
        var values = new Dictionary<string, object?>
        {
            ["trial"] = one.Trial.Trial,
            ["status"] = Status(one.Trial),
            ["loss"] = one.Loss,
            ["bestEpoch"] = one.Trial.BestEpoch,
            ["epochs"] = Math.Max(one.Epochs.Count, one.Trial.Epoch),
            ["milestones"] = one.Trial.Milestones,
            ["config"] = one.Trial.Config,
            ["failure"] = one.Trial.Failure,
        };
        if (withCurve)
        {
            values["curve"] = one.Epochs.Select(epoch => new
            {
                epoch.Epoch,
                epoch.Metrics.TrainLoss,
                epoch.Metrics.ValidationLoss,
                epoch.Seconds,
                epoch.Runner,
            });
        }

        return values;
    }

    private void Write(object value) => output.WriteLine(JsonSerializer.Serialize(value, StudyOutput.Json));
}
