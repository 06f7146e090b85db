using MassTransit;

namespace MacroCausal.Registry;

/// <summary>
/// The queue <see cref="QueueNames.RegisterModel"/>: one model at a time, as the gold table is held in memory, and three more tries for what may pass, such as a store that cannot be
/// reached.
/// </summary>
internal sealed class RegisterModelConsumerDefinition : ConsumerDefinition<RegisterModelConsumer>
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    public RegisterModelConsumerDefinition()
    {
        EndpointName = QueueNames.RegisterModel;
        ConcurrentMessageLimit = 1;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<RegisterModelConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseMessageRetry(retry => retry.Intervals(Pauses));
}
