using MassTransit;

namespace MacroCausal.DataPrep;

/// <summary>The endpoint <c>prepare-data</c>: one table at a time, as it is held in memory, and two more tries for what may pass.</summary>
public sealed class PrepareDataConsumerDefinition : ConsumerDefinition<PrepareDataConsumer>
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)];

    public PrepareDataConsumerDefinition() => ConcurrentMessageLimit = 1;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<PrepareDataConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseMessageRetry(retry => retry.Intervals(Pauses));
}
