using System.Globalization;
using MacroCausal.Hosting;
using MacroCausal.Search.Studies;
using MacroCausal.Storage;
using MacroCausal.Tuner.Sharing;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static System.FormattableString;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// Carries out what happens to a study's trials. The conditional write of a trial's record comes first and is what counts; the message
/// that it calls for is sent after it, and sent again by the sweep where a process dies in between.
/// </summary>
internal sealed partial class StudyCoordinator(
    IStudyStore store, ActiveStudyCache studies, Heartbeats heartbeats, SegmentQuota quota, IOptions<TunerOptions> options,
    TimeProvider time, ILogger<StudyCoordinator> logger)
{
    /// <summary>
    /// Does a part of a study's turn. Where the search itself fails, and again after a new fold, <see cref="StudyInstance.SearchFailure"/>
    /// says why, and nothing else is done in this turn.
    /// </summary>
    public async Task RunAsync(StudyInstance study, Func<Task> part)
    {
        if (study.SearchFailure is not null) return;
        try
        {
            await part();
        }
        catch (SearchException)
        {
            studies.Remove(study.Settings.ExecutionId);
            try
            {
                await part();
            }
            catch (SearchException exception)
            {
                studies.Remove(study.Settings.ExecutionId);
                LogSearchFailed(exception, study.Settings.ExecutionId);
                study.SearchFailure = exception.Message;
            }
        }
    }

    /// <summary>
    /// An epoch is done; the last one of a segment completes it. The epoch's own record is written before, by <see
    /// cref="EpochRecorder"/>.
    /// </summary>
    public async Task RecordEpochAsync(StudyInstance study, TrialEpochCompleted report, CancellationToken cancellationToken)
    {
        var active = await studies.GetOrFoldAsync(study, cancellationToken);
        await heartbeats.RecordAsync(active, report, cancellationToken);
        if (report.Checkpoint is null) return;

        // A record that another Tuner has changed since loses the conditional write, and the report is consumed again.
        var trial = active.Leases.Find(report.Trial) ?? await store.FindTrialAsync(report.ExecutionId, report.Trial, cancellationToken);
        if (trial is null || !TrialTransitions.IsNews(trial, report)) return;

        await ReplaceAsync(study, active, TrialTransitions.CompleteSegment(trial, report, study.Settings.MaxEpochs), cancellationToken);
        SearchException.Of(() => active.Study.Report(
            report.Trial, report.Epoch, report.BestValidationLoss, report.BestEpoch, report.EndedEarly));
    }

    /// <summary>A segment failed: it is reissued, or its trial is given up.</summary>
    public async Task RecordFailureAsync(ConsumeContext context, StudyInstance study, TrialFailed report)
    {
        var active = await studies.GetOrFoldAsync(study, context.CancellationToken);
        var trial = await store.FindTrialAsync(report.ExecutionId, report.Trial, context.CancellationToken);
        if (trial is { Status: TrialStatus.Running } && trial.ToEpoch == report.ToEpoch && trial.Attempt == report.Attempt)
        {
            await RetryAsync(context, study, active, trial, report.Reason, reissues: 0, countsAsAttempt: true);
        }
    }

    /// <summary>Reissues the segments whose lease has expired, by what all Tuners have heard of them.</summary>
    public async Task SweepAsync(ConsumeContext context, StudyInstance study)
    {
        var active = await studies.GetOrFoldAsync(study, context.CancellationToken);
        foreach (var expired in await heartbeats.ExpiredLeasesAsync(study, active, context.CancellationToken))
        {
            if (await FindRunningAsync(study, expired.Trial, context.CancellationToken) is { } trial)
            {
                await RetryAsync(context, study, active, trial, Silence(trial), expired.Reissues, expired.CountsAsAttempt);
            }
        }
    }

    /// <summary>
    /// Reissues every running segment; no attempt is counted. Trials that failed are tried again, as slots become free.
    /// </summary>
    public async Task ReissueAllAsync(ConsumeContext context, StudyInstance study)
    {
        studies.Remove(study.Settings.ExecutionId);
        var active = await studies.GetOrFoldAsync(study, context.CancellationToken);
        (study.RetryFrom, study.CountedUpTo) = (0, null);
        foreach (var number in active.Leases.RunningSegments)
        {
            if (await FindRunningAsync(study, number, context.CancellationToken) is { } trial)
            {
                await ReissueAsync(context, study, active, trial, reissues: 0, countsAsAttempt: false);
            }
        }
    }

    /// <summary>
    /// Makes every decision that can be made now. Where the search is over, <see cref="StudyInstance.Result"/> says what it came to. It is
    /// over at once where its time is spent or its target reached: runners stop what they train, and their trials stay as they are. Without
    /// a model by then it goes on until a segment that runs has one. A study that is paused starts nothing.
    /// </summary>
    public async Task DecideAsync(ConsumeContext context, StudyInstance study)
    {
        var active = await studies.GetOrFoldAsync(study, context.CancellationToken);
        var isOutOfTime = RunningTime.IsSpent(study, options.Value.SweepEvery, time.GetUtcNow());
        var endsAtOnce = active.Study.HasReachedTarget || (isOutOfTime && active.Study.Best is not null);
        if (study.PausedAt is not null && !endsAtOnce && !active.Study.IsOver)
        {
            quota.Record(study, active.Study.Running, wantsMore: false);
            return;
        }

        var limit = await quota.LimitAsync(study, context.CancellationToken);
        if (endsAtOnce || await CarryOutAsync(context, study, active, limit, isOutOfTime) is Finish)
        {
            LogSearched(study.Settings.ExecutionId, active.Study.Trials, active.Study.Running);
            study.Result = await ResultAsync(study, active.Study, context.CancellationToken);
            studies.Remove(study.Settings.ExecutionId);
            quota.Remove(study);
            return;
        }

        quota.Record(study, active.Study.Running, wantsMore: active.Study.Running >= limit);
    }

    /// <summary>
    /// Ends the search of a study that is cancelled. Where its best checkpoint is to be registered and there is one,
    /// <see cref="StudyInstance.Result"/> says what it came to; its trials stay as they are, to be taken up again.
    /// </summary>
    public async Task EndSearchAsync(StudyInstance study, CancellationToken cancellationToken)
    {
        if (study.Cancelled is { RegisterBest: true })
        {
            var active = await studies.GetOrFoldAsync(study, cancellationToken);
            var result = await ResultAsync(study, active.Study, cancellationToken);
            study.Result = result.Best is null ? null : result;
        }

        studies.Remove(study.Settings.ExecutionId);
        quota.Remove(study);
    }

    /// <summary>A second StartTraining of a study is refused; no reason, no line.</summary>
    public void LogRefusal(StudyInstance study, string? reason)
    {
        if (reason is not null)
        {
            LogRefused(study.Settings.ExecutionId, study.CurrentState, reason);
        }
    }

    // A segment is sent as soon as its trial's record is written, and the next record does not wait for it: many are sent in few calls.
    private async Task<Decision> CarryOutAsync(
        ConsumeContext context, StudyInstance study, ActiveStudy active, int limit, bool isOutOfTime)
    {
        var sent = new List<Task>();
        try
        {
            while (true)
            {
                if (await TryRetryFailedAsync(study, active, limit, isOutOfTime, context.CancellationToken) is { } again)
                {
                    sent.Add(SendAsync(context, study, again));
                    continue;
                }

                var decision = SearchException.Of(() => active.Study.Next(isOutOfTime, limit));
                if (decision is Wait or Finish) return decision;

                var trial = await WriteAsync(study, active, decision, context.CancellationToken);
                SearchException.Of(() => active.Study.Apply(decision));
                if (trial.Status == TrialStatus.Running)
                {
                    sent.Add(SendAsync(context, study, trial));
                }
            }
        }
        finally
        {
            await Task.WhenAll(sent);
        }
    }

    // The next failed trial that a resumed study tries again, if it may start now.
    private async Task<TrialRecord?> TryRetryFailedAsync(
        StudyInstance study, ActiveStudy active, int limit, bool isOutOfTime, CancellationToken cancellationToken)
    {
        if (study.RetryFrom is not { } from) return null;
        if (isOutOfTime || active.Study.IsSpent || active.Study.FindFailed(from) is not { } number)
        {
            study.RetryFrom = null;
            return null;
        }

        if (active.Study.Running >= limit) return null;

        var failed = (await store.FindTrialAsync(study.Settings.ExecutionId, number, cancellationToken))!;
        var next = TrialTransitions.Retry(failed, time.GetUtcNow());
        await ReplaceAsync(study, active, next, cancellationToken);
        SearchException.Of(() => active.Study.Update(SearchMapping.Snapshot(active.Search.Space, next)));
        study.RetryFrom = number + 1;
        return next;
    }

    private async Task<TrialRecord> WriteAsync(
        StudyInstance study, ActiveStudy active, Decision decision, CancellationToken cancellationToken)
    {
        if (decision is StartTrial start)
        {
            var trial = SearchException.Of(() => TrialTransitions.Begin(study.Settings.ExecutionId, start, time.GetUtcNow()));
            ThrowOnConflict(study, trial, await store.TryAddTrialAsync(trial, cancellationToken));
            Track(study, active, trial);
            return trial;
        }

        var number = decision is ContinueTrial { Trial: var promoted } ? promoted : ((StopTrial)decision).Trial;
        var current = await store.FindTrialAsync(study.Settings.ExecutionId, number, cancellationToken)
            ?? throw new InvalidOperationException(
                $"The record of trial {number} of the study '{study.Settings.ExecutionId}' is gone; restore the study's table.");
        var next = decision is ContinueTrial promotion
            ? TrialTransitions.Continue(current, promotion, time.GetUtcNow())
            : TrialTransitions.Stop(current);
        await ReplaceAsync(study, active, next, cancellationToken);
        return next;
    }

    private async Task<TrialRecord?> FindRunningAsync(StudyInstance study, int number, CancellationToken cancellationToken) =>
        await store.FindTrialAsync(study.Settings.ExecutionId, number, cancellationToken) is { Status: TrialStatus.Running } trial
            ? trial
            : null;

    private async Task RetryAsync(
        ConsumeContext context, StudyInstance study, ActiveStudy active, TrialRecord trial, string reason, int reissues,
        bool countsAsAttempt)
    {
        if (!countsAsAttempt || trial.Attempt + 1 < options.Value.MaxAttempts)
        {
            LogRetry(trial.ExecutionId, trial.Trial, trial.ToEpoch, reason);
            await ReissueAsync(context, study, active, trial, reissues, countsAsAttempt);
            return;
        }

        LogGivenUp(trial.ExecutionId, trial.Trial, trial.ToEpoch, reason);
        await ReplaceAsync(study, active, TrialTransitions.Fail(trial, reason), context.CancellationToken);
        active.Study.Fail(trial.Trial);
    }

    private string Silence(TrialRecord trial) =>
        Invariant($"nothing came of it, {(time.GetUtcNow() - trial.IssuedAt).TotalMinutes:F0} minutes after it was issued");

    private async Task ReissueAsync(
        ConsumeContext context, StudyInstance study, ActiveStudy active, TrialRecord trial, int reissues, bool countsAsAttempt)
    {
        var next = TrialTransitions.Reissue(trial, reissues, countsAsAttempt, time.GetUtcNow());
        await ReplaceAsync(study, active, next, context.CancellationToken);
        await SendAsync(context, study, next);
    }

    private async Task ReplaceAsync(StudyInstance study, ActiveStudy active, TrialRecord next, CancellationToken cancellationToken)
    {
        ThrowOnConflict(study, next, await store.TryReplaceTrialAsync(next, cancellationToken));
        Track(study, active, next);
    }

    private void ThrowOnConflict(StudyInstance study, TrialRecord trial, bool isWritten)
    {
        if (isWritten) return;

        studies.Remove(study.Settings.ExecutionId);
        throw new ConcurrencyException(
            $"Another Tuner has changed trial {trial.Trial} of the study '{trial.ExecutionId}' at the same time.",
            typeof(StudyInstance),
            study.CorrelationId);
    }

    private void Track(StudyInstance study, ActiveStudy active, TrialRecord trial)
    {
        MacroCausalMetrics.TrialChanges.Add(1, new KeyValuePair<string, object?>("state", trial.Status.ToString()));
        active.Leases.Track(trial);
        study.RecordChange(trial.Trial, time.GetUtcNow());
        active.ConcurrencyStamp = study.ConcurrencyStamp;
    }

    private static Task SendAsync(ConsumeContext context, StudyInstance study, TrialRecord trial) =>
        context.Send(QueueNames.Address(QueueNames.RunTrial), StudyMessageFactory.RunTrial(study, trial));

    private async Task<SearchResult> ResultAsync(StudyInstance study, Study search, CancellationToken cancellationToken)
    {
        var best = search.Best is { } found
            ? await store.FindTrialAsync(study.Settings.ExecutionId, found.Trial, cancellationToken)
            : null;
        return new SearchResult
        {
            Best = best is null
                ? null
                : new BestCheckpoint(best.Trial, search.Best!.Epoch, search.Best.Loss, best.Config, best.Checkpoint!),
            Trials = search.Trials,
            FailedTrials = search.Failed,
            TrialEpochs = search.EpochsDone,
        };
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "StartTraining of {ExecutionId} is refused, the study is {State} and stays as it is: {Reason}")]
    private partial void LogRefused(string executionId, string state, string reason);

    [LoggerMessage(LogLevel.Information, "The search of {ExecutionId} is over after {Trials} trials; it stops {Running} segments")]
    private partial void LogSearched(string executionId, int trials, int running);

    [LoggerMessage(Level = LogLevel.Error, Message = "The search of {ExecutionId} fails, and failed again after a new fold")]
    private partial void LogSearchFailed(Exception exception, string executionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Trial {Trial} of {ExecutionId} is tried again up to epoch {ToEpoch}: {Reason}")]
    private partial void LogRetry(string executionId, int trial, int toEpoch, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Trial {Trial} of {ExecutionId} is given up at the segment to epoch {ToEpoch}: {Reason}")]
    private partial void LogGivenUp(string executionId, int trial, int toEpoch, string reason);
}
