using MassTransit;

namespace MacroCausal.Tuner.Starting;

/// <summary>The queue <see cref="QueueNames.StartTraining"/>: takes MassTransit's envelopes and plain JSON, which says nothing of its type.</summary>
internal sealed class StartTrainingConsumerDefinition : ConsumerDefinition<StartTrainingConsumer>
{
    public StartTrainingConsumerDefinition() => EndpointName = QueueNames.StartTraining;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<StartTrainingConsumer> consumerConfigurator, IRegistrationContext context) =>
        endpointConfigurator.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType, isDefault: true);
}
