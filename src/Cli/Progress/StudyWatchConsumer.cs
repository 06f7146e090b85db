using MassTransit;

namespace MacroCausal.Cli.Progress;

/// <summary>Brings a study's events to the <see cref="StudyWatch"/> of this process.</summary>
internal sealed class StudyWatchConsumer(StudyWatch watch) :
    IConsumer<DataPrepared>,
    IConsumer<TrialEpochCompleted>,
    IConsumer<TrialFailed>,
    IConsumer<TrainingCompleted>,
    IConsumer<TrainingFailed>
{
    public Task Consume(ConsumeContext<DataPrepared> context) => Seen(() => watch.See(context.Message));

    public Task Consume(ConsumeContext<TrialEpochCompleted> context) => Seen(() => watch.See(context.Message));

    public Task Consume(ConsumeContext<TrialFailed> context) => Seen(() => watch.See(context.Message));

    public Task Consume(ConsumeContext<TrainingCompleted> context) => Seen(() => watch.See(context.Message));

    public Task Consume(ConsumeContext<TrainingFailed> context) => Seen(() => watch.See(context.Message));

    private static Task Seen(Action see)
    {
        see();
        return Task.CompletedTask;
    }
}

/// <summary>The watcher's endpoint: of this process alone, gone with it, events in the order in which they come.</summary>
internal sealed class StudyWatchDefinition : ConsumerDefinition<StudyWatchConsumer>
{
    public StudyWatchDefinition()
    {
        Endpoint(endpoint =>
        {
            endpoint.Temporary = true;
            endpoint.InstanceId = "watch";
        });
        ConcurrentMessageLimit = 1;
    }
}
