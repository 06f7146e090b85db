using System.Diagnostics;
using MassTransit;

namespace MacroCausal.Tuner.Studies;

/// <summary>Stands before the study saga: records every epoch, and lets through only the reports that a study must decide about.</summary>
internal sealed class EpochFilter(Lazy<EpochRecorder> recorder) : IFilter<ConsumeContext<TrialEpochCompleted>>
{
    public async Task Send(ConsumeContext<TrialEpochCompleted> context, IPipe<ConsumeContext<TrialEpochCompleted>> next)
    {
        var started = Stopwatch.GetTimestamp();
        if (!await recorder.Value.RecordAsync(context.Message, context.CancellationToken).ConfigureAwait(false))
        {
            await next.Send(context).ConfigureAwait(false);
            return;
        }

        // What no consumer owns up to would be moved to the queue of skipped messages.
        await context.NotifyConsumed(context, Stopwatch.GetElapsedTime(started), nameof(EpochRecorder)).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("epochs");
}
