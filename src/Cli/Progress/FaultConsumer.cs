using MassTransit;

namespace MacroCausal.Cli.Progress;

/// <summary>
/// Ends the watch of the one study of this process where a message could not be consumed by any service, however often it was tried. Only for one process: in a
/// cluster a fault may be another study's.
/// </summary>
internal sealed class FaultConsumer(StudyWatch watch) : IConsumer<Fault>
{
    public Task Consume(ConsumeContext<Fault> context)
    {
        watch.See(context.Message);
        return Task.CompletedTask;
    }
}
