using MacroCausal.Search.Studies;
using MacroCausal.Storage;

namespace MacroCausal.Tuner.Studies;

/// <summary>Pure functions from a trial's record and what happened to the record that follows it, with the next version.</summary>
public static class TrialTransitions
{
    /// <summary>The record of a new trial.</summary>
    public static TrialRecord Begin(string executionId, StartTrial decision, DateTimeOffset now) => new()
    {
        ExecutionId = executionId,
        Trial = decision.Trial,
        Version = 0,
        Seed = decision.Seed,
        Config = SearchMapping.ConfigOf(decision.Configuration),
        Status = TrialStatus.Running,
        Epoch = 0,
        ToEpoch = decision.ToEpoch,
        Attempt = 0,
        IssuedAt = now,
        Milestones = [],
        BestEpoch = 0,
    };

    /// <summary>A trial is promoted: its next segment runs to the next milestone, with fresh attempts.</summary>
    public static TrialRecord Continue(TrialRecord trial, ContinueTrial decision, DateTimeOffset now) => Next(trial) with
    {
        Status = TrialStatus.Running,
        ToEpoch = decision.ToEpoch,
        Attempt = 0,
        IssuedAt = now,
        Reissues = 0,
    };

    /// <summary>A trial is stopped at a milestone.</summary>
    public static TrialRecord Stop(TrialRecord trial) => Next(trial) with { Status = TrialStatus.Stopped };

    /// <summary>A trial has finished the segment that ran. A late report makes up for a failure.</summary>
    public static TrialRecord CompleteSegment(TrialRecord trial, TrialEpochCompleted report, int maxEpochs) => Next(trial) with
    {
        Status = report.EndedEarly || report.Epoch >= maxEpochs ? TrialStatus.Completed : TrialStatus.Paused,
        Epoch = report.Epoch,
        Milestones = [.. trial.Milestones, new RungLoss(report.ToEpoch, report.BestValidationLoss)],
        BestEpoch = report.BestEpoch,
        Checkpoint = report.Checkpoint,
        Failure = null,
    };

    /// <summary>Whether a report is news to a trial: the end of the segment that runs, or that was given up.</summary>
    public static bool IsNews(TrialRecord trial, TrialEpochCompleted report) =>
        report.Checkpoint is not null
        && trial.Status is TrialStatus.Running or TrialStatus.Failed
        && report.ToEpoch == trial.ToEpoch
        && report.Epoch > trial.Epoch;

    /// <summary>The running segment is reissued; that counts as an attempt where the segment itself may be the cause.</summary>
    /// <param name="trial">The record.</param>
    /// <param name="reissues">How often in a row it was reissued without a report, this time included; 0 where that is no matter.</param>
    /// <param name="countsAsAttempt">Whether it counts as an attempt.</param>
    /// <param name="now">The time.</param>
    public static TrialRecord Reissue(TrialRecord trial, int reissues, bool countsAsAttempt, DateTimeOffset now) => Next(trial) with
    {
        Attempt = trial.Attempt + (countsAsAttempt ? 1 : 0),
        IssuedAt = now,
        Reissues = reissues,
    };

    /// <summary>A trial is given up.</summary>
    public static TrialRecord Fail(TrialRecord trial, string reason) => Next(trial) with { Status = TrialStatus.Failed, Failure = reason };

    /// <summary>A trial that was given up is tried again, with fresh attempts, from the milestone that it had reached.</summary>
    public static TrialRecord Retry(TrialRecord trial, DateTimeOffset now) => Next(trial) with
    {
        Status = TrialStatus.Running,
        Attempt = 0,
        IssuedAt = now,
        Reissues = 0,
        Failure = null,
    };

    private static TrialRecord Next(TrialRecord trial) => trial with { Version = trial.Version + 1 };
}
