using System.Globalization;
using MacroCausal.Data.Baselines;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MacroCausal.Cli.Progress;

/// <summary>
/// The table once, as it was read, and below it a picture of the study that is drawn anew a few times a second; for terminals.
/// </summary>
internal sealed class LiveView(IAnsiConsole console, StudyProgress progress, TimeProvider time) : IStudyView
{
    private const int MaxDropped = 12;

    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();
    private bool _hasWrittenTable;

    public void Show(DataPrepared prepared) => Update(() => progress.Record(prepared));

    public void Show(TrialEpochCompleted report) => Update(() => progress.Record(report));

    public void Show(TrialFailed failed) => Update(() => progress.Record(failed));

    public void Show(FoldEnded ended) => Update(() => progress.Record(ended));

    public async Task<StudyOutcome> FollowAsync(Task<StudyOutcome> study)
    {
        await console.Live(Draw()).AutoClear(false).StartAsync(async live =>
        {
            using var timer = new PeriodicTimer(FrameTime, time);
            while (!study.IsCompleted)
            {
                await Task.WhenAny(study, timer.WaitForNextTickAsync().AsTask());
                WriteTable();
                live.UpdateTarget(Draw());
            }

            WriteTable();
            live.UpdateTarget(Draw());
        });
        return await study;
    }

    private void Update(Action update)
    {
        lock (_lock)
        {
            update();
        }
    }

    private Rows Draw()
    {
        lock (_lock)
        {
            return new Rows(Headline(), Losses(), Rungs(), Running(), Folds());
        }
    }

    // Above the picture, where it stays however small the terminal is.
    private void WriteTable()
    {
        if (_hasWrittenTable || progress.Data is not { } prepared) return;

        console.Write(Table(prepared));
        _hasWrittenTable = true;
    }

    // What was read, kept and warned of; as plain text, so that a column's name is never taken for markup.
    private static Grid Table(DataPrepared prepared)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().Padding(0, 0, 1, 0)).AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        var dropped = 0;
        foreach (var line in StudyText.Data(prepared))
        {
            var (label, text, style) = line.Split(": ", 2) switch
            {
                ["data", var data] => ("data", data, Style.Plain),
                ["warning", var warning] => ("warning", warning, new Style(Color.Yellow)),
                _ when line.TrimStart().StartsWith("dropped ", StringComparison.Ordinal) => ("", line.Trim(), new Style(Color.Grey)),
                _ => ("", line.Trim(), Style.Plain),
            };
            if (style.Foreground == Color.Grey && ++dropped > MaxDropped) continue;
            grid.AddRow(new Text(label, style), new Text(text, style));
        }

        return dropped <= MaxDropped
            ? grid
            : grid.AddRow(Text.Empty, new Text(
                Invariant($"and {prepared.Profile.ColumnsDropped - MaxDropped} more; profile.json has an entry for every column")));
    }

    private Markup Headline() => new(Invariant(
        $"[bold]{progress.TrialsStarted}[/]/{progress.PlannedTrials} trials  [bold]{progress.EpochsDone}[/] epochs  {Seconds:F0} s"));

    private double Seconds => time.GetElapsedTime(_started).TotalSeconds;

    private IRenderable Losses()
    {
        if (progress.Data is not { Data: var data }) return new Markup("[grey]preparing the data ...[/]");

        var table = new Table().Border(TableBorder.Minimal).AddColumn("validation loss").AddColumn(new TableColumn("mse").RightAligned())
            .AddColumn(new TableColumn("rmse").RightAligned());
        foreach (var (name, error) in Baseline.InOrder(data.Baselines))
        {
            Row(table, Baseline.Find(name).Label, error);
        }

        if (progress.Best is { Metrics.ValidationLoss: { } loss } best)
        {
            var colour = loss < data.Baselines.Values.Min() ? "green" : loss < data.Baselines[Baseline.Mean] ? "yellow" : "red";
            Row(table, Invariant($"[{colour}]best so far: trial {best.Trial}, epoch {best.Epoch}[/]"), loss);
        }

        return table;
    }

    private static void Row(Table table, string name, double loss) =>
        table.AddRow(name, Invariant($"{loss:G5}"), Invariant($"{Math.Sqrt(loss):G4}"));

    private IRenderable Rungs()
    {
        var chart = new BreakdownChart().Width(60).ShowTagValues();
        var palette = new[] { Color.Blue, Color.Teal, Color.Green, Color.Yellow, Color.Orange1, Color.Red };
        var shown = 0;
        foreach (var (milestone, trials) in progress.Rungs)
        {
            chart.AddItem(Invariant($"epoch {milestone}"), trials, palette[shown++ % palette.Length]);
        }

        return shown == 0 ? new Markup("[grey]no trial has reached a rung yet[/]") : chart;
    }

    private Text Folds() => new(progress.Folds.Count == 0
        ? ""
        : string.Join('\n', progress.Folds.Values.Select(StudyText.Fold)));

    private Markup Running()
    {
        var running = progress.Running.Select(trial => Invariant($"trial {trial.Trial} {trial.Epoch}/{trial.ToEpoch}")).Take(16).ToList();
        return new Markup(running.Count == 0 ? "[grey]nothing runs[/]" : "[grey]running:[/] " + string.Join("  ", running));
    }
}
