using MacroCausal.Hosting;
using MacroCausal.Tuner.Studies;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MacroCausal.Tuner.Settings;

/// <summary>Checks what a StartTraining message asks for: begins the study, or answers with every reason why not.</summary>
internal sealed partial class StartTrainingConsumer(
    IOptions<PipelineOptions> environment, IOptions<TunerOptions> options, ILogger<StartTrainingConsumer> logger)
    : IConsumer<StartTraining>
{
    public Task Consume(ConsumeContext<StartTraining> context)
    {
        var (settings, reasons) = SettingsCheck.Check(context.Message, environment.Value);
        reasons = options.Value.AllowOtherStores ? reasons : [.. reasons, .. ConfiguredStores.Refusals(settings, environment.Value)];
        if (reasons.Count == 0)
        {
            return context.Send(
                QueueNames.Address(QueueNames.Study), new StartStudy { ExecutionId = settings.ExecutionId, Settings = settings });
        }

        LogRefused(settings.ExecutionId, string.Join(' ', reasons));
        return context.Publish(new TrainingFailed { ExecutionId = settings.ExecutionId, Reasons = reasons, InvalidInput = true });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "StartTraining of {ExecutionId} is refused: {Reasons}")]
    private partial void LogRefused(string executionId, string reasons);
}

/// <summary>
/// The queue <see cref="QueueNames.StartTraining"/>: takes MassTransit's envelopes and plain JSON, which says nothing of its type.
/// </summary>
internal sealed class StartTrainingConsumerDefinition : ConsumerDefinition<StartTrainingConsumer>
{
    public StartTrainingConsumerDefinition() => EndpointName = QueueNames.StartTraining;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<StartTrainingConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType, isDefault: true);
        endpointConfigurator.GiveBackUnserved(TunerPatience.Of, new AnswerUnreadableStartFilter(
            context.GetRequiredService<IBus>, context.GetRequiredService<ILogger<AnswerUnreadableStartFilter>>()));
    }
}
