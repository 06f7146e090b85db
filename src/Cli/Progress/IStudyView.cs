namespace MacroCausal.Cli.Progress;

/// <summary>Shows a study to a person as it goes.</summary>
internal interface IStudyView
{
    void Show(DataPrepared prepared);

    void Show(TrialEpochCompleted report);

    void Show(TrialFailed failed);

    /// <summary>Runs until the work is done or given up.</summary>
    Task<StudyOutcome> WhileAsync(Task<StudyOutcome> study);
}
