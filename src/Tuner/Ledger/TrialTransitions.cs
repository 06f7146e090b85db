using MacroCausal.Search.Studies;
using MacroCausal.Storage;

namespace MacroCausal.Tuner.Ledger;

/// <summary>What becomes of a trial's record: pure functions from a record and what happened to the record that follows it.</summary>
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

    /// <summary>A trial goes on to its next milestone.</summary>
    public static TrialRecord GoOn(TrialRecord trial, ContinueTrial decision, DateTimeOffset now) => Next(trial) with
    {
        Status = TrialStatus.Running,
        ToEpoch = decision.ToEpoch,
        Attempt = 0,
        IssuedAt = now,
    };

    /// <summary>A trial is stopped at a milestone.</summary>
    public static TrialRecord Stop(TrialRecord trial) => Next(trial) with { Status = TrialStatus.Stopped };

    /// <summary>A trial has finished the segment that was out. A late report makes up for a failure.</summary>
    public static TrialRecord Reach(TrialRecord trial, TrialEpochCompleted report, int maxEpochs) => Next(trial) with
    {
        Status = report.EndedEarly || report.Epoch >= maxEpochs ? TrialStatus.Completed : TrialStatus.Paused,
        Epoch = report.Epoch,
        Milestones = [.. trial.Milestones, new RungLoss(report.ToEpoch, report.BestValidationLoss)],
        BestEpoch = report.BestEpoch,
        Checkpoint = report.Checkpoint,
        Failure = null,
    };

    /// <summary>Whether a report is news to a trial: the end of the segment that is out, or that was given up.</summary>
    public static bool IsNews(TrialRecord trial, TrialEpochCompleted report) =>
        report.Checkpoint is not null
        && trial.Status is TrialStatus.Running or TrialStatus.Failed
        && report.ToEpoch == trial.ToEpoch
        && report.Epoch > trial.Epoch;

    /// <summary>The segment that is out is issued again; it counts as an attempt where the runner or the segment may be at fault.</summary>
    public static TrialRecord IssueAgain(TrialRecord trial, bool countsAsAttempt, DateTimeOffset now) => Next(trial) with
    {
        Attempt = trial.Attempt + (countsAsAttempt ? 1 : 0),
        IssuedAt = now,
    };

    /// <summary>A trial is given up.</summary>
    public static TrialRecord Fail(TrialRecord trial, string reason) => Next(trial) with { Status = TrialStatus.Failed, Failure = reason };

    private static TrialRecord Next(TrialRecord trial) => trial with { Version = trial.Version + 1 };
}
