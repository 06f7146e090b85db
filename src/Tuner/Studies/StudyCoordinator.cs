using System.Globalization;
using MacroCausal.Hosting;
using MacroCausal.Search.Studies;
using MacroCausal.Storage;
using MacroCausal.Tuner.Ledger;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// Carries out what happens to a study's trials. The conditional write of a trial's record comes first and is what counts; the message that it calls for is
/// sent after it, and sent again by the sweep where a process dies in between.
/// </summary>
internal sealed partial class StudyCoordinator(
    IStudyStore store, ActiveStudyCache ledgers, IOptions<TunerOptions> options, TimeProvider time, ILogger<StudyCoordinator> logger)
{
    /// <summary>Hears of an epoch; the last one of a segment moves the trial on. The epoch's own record is written before, by <see cref="EpochRecorder"/>.</summary>
    public async Task RecordAsync(StudyInstance study, TrialEpochCompleted report, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ledger = await ledgers.OpenAsync(study, cancellationToken).ConfigureAwait(false);
        ledger.Hear(report.Trial, now);
        if (report.Checkpoint is null)
        {
            return;
        }

        // A record that another Tuner has changed since loses the conditional write, and the report is consumed again.
        var trial = ledger.Find(report.Trial) ?? await store.FindTrialAsync(report.ExecutionId, report.Trial, cancellationToken).ConfigureAwait(false);
        if (trial is null || !TrialTransitions.IsNews(trial, report))
        {
            return;
        }

        await ReplaceAsync(study, ledger, TrialTransitions.Reach(trial, report, study.Settings.MaxEpochs), cancellationToken).ConfigureAwait(false);
        ledger.Study.Report(report.Trial, report.Epoch, report.BestValidationLoss, report.BestEpoch, report.EndedEarly);
    }

    /// <summary>A segment failed: it is tried again, or its trial is given up.</summary>
    public async Task RecordAsync(ConsumeContext context, StudyInstance study, TrialFailed report)
    {
        var ledger = await ledgers.OpenAsync(study, context.CancellationToken).ConfigureAwait(false);
        var trial = await store.FindTrialAsync(report.ExecutionId, report.Trial, context.CancellationToken).ConfigureAwait(false);
        if (trial is { Status: TrialStatus.Running } && trial.ToEpoch == report.ToEpoch && trial.Attempt == report.Attempt)
        {
            await TryAgainAsync(context, study, ledger, trial, report.Reason, countsAsAttempt: true).ConfigureAwait(false);
        }
    }

    /// <summary>Issues the segments again that have been silent for too long.</summary>
    public async Task SweepAsync(ConsumeContext context, StudyInstance study)
    {
        var ledger = await ledgers.OpenAsync(study, context.CancellationToken).ConfigureAwait(false);
        foreach (var silent in ledger.Silent(time.GetUtcNow(), options.Value.Lease))
        {
            if (await FindRunningAsync(study, silent.Trial, context.CancellationToken).ConfigureAwait(false) is { } trial)
            {
                await TryAgainAsync(context, study, ledger, trial, Silence(trial), silent.CountsAsAttempt).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Issues every segment that is out again; no attempt is counted.</summary>
    public async Task ReissueAsync(ConsumeContext context, StudyInstance study)
    {
        ledgers.Forget(study.Settings.ExecutionId);
        var ledger = await ledgers.OpenAsync(study, context.CancellationToken).ConfigureAwait(false);
        foreach (var number in ledger.Out)
        {
            if (await FindRunningAsync(study, number, context.CancellationToken).ConfigureAwait(false) is { } trial)
            {
                await IssueAgainAsync(context, study, ledger, trial, countsAsAttempt: false).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Makes every decision that can be made now. Where the search is over, <see cref="StudyInstance.Result"/> says what it came to.</summary>
    public async Task DecideAsync(ConsumeContext context, StudyInstance study)
    {
        var ledger = await ledgers.OpenAsync(study, context.CancellationToken).ConfigureAwait(false);
        if (await CarryOutAsync(context, study, ledger).ConfigureAwait(false) is Finish)
        {
            study.Result = await ResultAsync(study, ledger.Study, context.CancellationToken).ConfigureAwait(false);
            ledgers.Forget(study.Settings.ExecutionId);
        }
    }

    /// <summary>Why the trials of a study failed; the first few different reasons.</summary>
    public async Task<IReadOnlyList<string>> FailuresAsync(StudyInstance study, CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        await foreach (var trial in store.ListTrialsAsync(study.Settings.ExecutionId, cancellationToken).ConfigureAwait(false))
        {
            var reason = trial.Failure ?? "no epoch had a finite validation loss; search smaller learning rates.";
            if (reasons.Count < 5 && !reasons.Any(known => known.EndsWith(reason, StringComparison.Ordinal)))
            {
                reasons.Add($"trial {trial.Trial}: {reason}");
            }
        }

        return reasons;
    }

    // A segment is sent as soon as its trial's record is written, and the next record does not wait for it: many segments go out in few calls.
    private async Task<Decision> CarryOutAsync(ConsumeContext context, StudyInstance study, ActiveStudy ledger)
    {
        var isOutOfTime = (time.GetUtcNow() - study.StartedAt).TotalSeconds >= study.Settings.SecondsBudget;
        var sent = new List<Task>();
        try
        {
            for (var decision = ledger.Study.Next(isOutOfTime); ; decision = ledger.Study.Next(isOutOfTime))
            {
                if (decision is Wait or Finish)
                {
                    return decision;
                }

                var trial = await WriteAsync(study, ledger, decision, context.CancellationToken).ConfigureAwait(false);
                ledger.Study.Apply(decision);
                if (trial.Status == TrialStatus.Running)
                {
                    sent.Add(SendAsync(context, study, trial));
                }
            }
        }
        finally
        {
            await Task.WhenAll(sent).ConfigureAwait(false);
        }
    }

    private async Task<TrialRecord> WriteAsync(StudyInstance study, ActiveStudy ledger, Decision decision, CancellationToken cancellationToken)
    {
        if (decision is StartTrial start)
        {
            var trial = TrialTransitions.Begin(study.Settings.ExecutionId, start, time.GetUtcNow());
            Won(study, ledger, trial, await store.TryAddTrialAsync(trial, cancellationToken).ConfigureAwait(false));
            return trial;
        }

        var number = decision is ContinueTrial { Trial: var going } ? going : ((StopTrial)decision).Trial;
        var current = await store.FindTrialAsync(study.Settings.ExecutionId, number, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"The record of trial {number} of the study '{study.Settings.ExecutionId}' is gone; restore the study's table.");
        var next = decision is ContinueTrial goOn ? TrialTransitions.GoOn(current, goOn, time.GetUtcNow()) : TrialTransitions.Stop(current);
        await ReplaceAsync(study, ledger, next, cancellationToken).ConfigureAwait(false);
        return next;
    }

    private async Task<TrialRecord?> FindRunningAsync(StudyInstance study, int number, CancellationToken cancellationToken) =>
        await store.FindTrialAsync(study.Settings.ExecutionId, number, cancellationToken).ConfigureAwait(false) is { Status: TrialStatus.Running } trial ? trial : null;

    private async Task TryAgainAsync(ConsumeContext context, StudyInstance study, ActiveStudy ledger, TrialRecord trial, string reason, bool countsAsAttempt)
    {
        if (!countsAsAttempt || trial.Attempt + 1 < options.Value.MaxAttempts)
        {
            LogTryingAgain(trial.ExecutionId, trial.Trial, trial.ToEpoch, reason);
            await IssueAgainAsync(context, study, ledger, trial, countsAsAttempt).ConfigureAwait(false);
            return;
        }

        LogGivenUp(trial.ExecutionId, trial.Trial, trial.ToEpoch, reason);
        await ReplaceAsync(study, ledger, TrialTransitions.Fail(trial, reason), context.CancellationToken).ConfigureAwait(false);
        ledger.Study.Fail(trial.Trial);
    }

    private string Silence(TrialRecord trial) =>
        string.Create(CultureInfo.InvariantCulture, $"nothing came of it, {(time.GetUtcNow() - trial.IssuedAt).TotalMinutes:F0} minutes after it was issued");

    private async Task IssueAgainAsync(ConsumeContext context, StudyInstance study, ActiveStudy ledger, TrialRecord trial, bool countsAsAttempt)
    {
        var next = TrialTransitions.IssueAgain(trial, countsAsAttempt, time.GetUtcNow());
        await ReplaceAsync(study, ledger, next, context.CancellationToken).ConfigureAwait(false);
        await SendAsync(context, study, next).ConfigureAwait(false);
    }

    private async Task ReplaceAsync(StudyInstance study, ActiveStudy ledger, TrialRecord next, CancellationToken cancellationToken) =>
        Won(study, ledger, next, await store.TryReplaceTrialAsync(next, cancellationToken).ConfigureAwait(false));

    private void Won(StudyInstance study, ActiveStudy ledger, TrialRecord trial, bool won)
    {
        if (!won)
        {
            ledgers.Forget(study.Settings.ExecutionId);
            throw new ConcurrencyException(
                $"Another Tuner has changed trial {trial.Trial} of the study '{trial.ExecutionId}' at the same time.", typeof(StudyInstance), study.CorrelationId);
        }

        MacroCausalMetrics.TrialChanges.Add(1, new KeyValuePair<string, object?>("state", trial.Status.ToString()));
        ledger.Track(trial, time.GetUtcNow());
        ledger.Stamp = study.Stamp = NewId.NextGuid();
    }

    private static Task SendAsync(ConsumeContext context, StudyInstance study, TrialRecord trial) =>
        context.Send(QueueNames.Address(QueueNames.RunTrial), StudyMessageFactory.RunTrial(study, trial));

    private async Task<SearchResult> ResultAsync(StudyInstance study, Study search, CancellationToken cancellationToken)
    {
        var best = search.Best is { } found
            ? await store.FindTrialAsync(study.Settings.ExecutionId, found.Trial, cancellationToken).ConfigureAwait(false)
            : null;
        return new SearchResult
        {
            Winner = best is null ? null : new Winner(best.Trial, search.Best!.Epoch, search.Best.Loss, best.Config, best.Checkpoint!),
            Trials = search.Trials,
            FailedTrials = search.Failed,
            TrialEpochs = search.EpochsDone,
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Trial {Trial} of {ExecutionId} is tried again up to epoch {ToEpoch}: {Reason}")]
    private partial void LogTryingAgain(string executionId, int trial, int toEpoch, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Trial {Trial} of {ExecutionId} is given up at the segment to epoch {ToEpoch}: {Reason}")]
    private partial void LogGivenUp(string executionId, int trial, int toEpoch, string reason);
}
