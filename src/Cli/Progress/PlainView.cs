using System.Globalization;

namespace MacroCausal.Cli.Progress;

/// <summary>A line for everything worth knowing, for logs and pipes.</summary>
internal sealed class PlainView(TextWriter output, StudyProgress progress) : IStudyView
{
    public void Show(DataPrepared prepared)
    {
        progress.See(prepared);
        foreach (var line in StudyText.Data(prepared))
        {
            output.WriteLine(line);
        }
    }

    public void Show(TrialEpochCompleted report)
    {
        var isBest = progress.See(report);
        if (report.Checkpoint is not null)
        {
            output.WriteLine(StudyText.Segment(report, progress));
        }
        else if (isBest && report.Epoch > 1)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"trial {report.Trial,3}  epoch {report.Epoch,4}  best loss so far {StudyText.Loss(report.Metrics.ValidationLoss)}"));
        }
    }

    public void Show(TrialFailed failed)
    {
        progress.See(failed);
        output.WriteLine($"trial {failed.Trial,3}  failed: {failed.Reason}");
    }

    public Task<StudyOutcome> WhileAsync(Task<StudyOutcome> study) => study;
}
