namespace MacroCausal.Cli.Progress;

/// <summary>Shows a study to a person as it goes.</summary>
internal interface IStudyView
{
    void Show(DataPrepared prepared);

    void Show(TrialEpochCompleted report);

    void Show(TrialFailed failed);

    void Show(FoldEnded ended);

    /// <summary>Keeps what is shown up to date until the study ends, and returns its outcome.</summary>
    Task<StudyOutcome> FollowAsync(Task<StudyOutcome> study);
}

/// <summary>A line for everything worth knowing, for logs and pipes.</summary>
internal sealed class PlainView(TextWriter output, StudyProgress progress) : IStudyView
{
    public void Show(DataPrepared prepared)
    {
        progress.Record(prepared);
        foreach (var line in StudyText.Data(prepared))
        {
            output.WriteSentence(line);
        }
    }

    public void Show(TrialEpochCompleted report)
    {
        var isBest = progress.Record(report);
        if (report.Checkpoint is not null)
        {
            output.WriteSentence(StudyText.Segment(report, progress));
        }
        else if (isBest && report.Epoch > 1)
        {
            output.WriteSentence(Invariant(
                $"trial {report.Trial,3}  epoch {report.Epoch,4}  best loss so far {StudyText.Loss(report.Metrics.ValidationLoss)}"));
        }
    }

    public void Show(TrialFailed failed)
    {
        progress.Record(failed);
        output.WriteSentence($"trial {failed.Trial,3}  failed: {failed.Reason}");
    }

    public void Show(FoldEnded ended)
    {
        progress.Record(ended);
        output.WriteSentence(StudyText.Fold(ended.Fold));
    }

    public Task<StudyOutcome> FollowAsync(Task<StudyOutcome> study) => study;
}
