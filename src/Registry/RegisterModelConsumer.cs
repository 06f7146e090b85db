using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Hosting;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Storage;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace MacroCausal.Registry;

/// <summary>
/// Registers the best model of a study, or has that of a fold forecast its block, and says so; or says in one sentence why that is not
/// possible. What the study's record does not ask for is dropped. Transient failures are left to the endpoint's retries.
/// </summary>
internal sealed partial class RegisterModelConsumer(
    RegistrationCheck check, ModelRegistration registration, FoldForecasting folds, RegistrationReport report,
    ILogger<RegisterModelConsumer> logger) : IConsumer<RegisterModel>
{
    public async Task Consume(ConsumeContext<RegisterModel> context)
    {
        var command = context.Message;
        try
        {
            if (await check.RefusalAsync(command, context.CancellationToken) is { } refusal)
            {
                LogRefused(command.ExecutionId, command.ModelId, refusal);
                return;
            }

            if (command.Settings.Fold is not null)
            {
                await context.Publish(await folds.ForecastAsync(command, context.CancellationToken), context.CancellationToken);
                return;
            }

            await context.Publish(await registration.RegisterAsync(command, context.CancellationToken), context.CancellationToken);
            // Nobody waits for it: the study's end is said.
            await report.TryWriteAsync(command, context.CancellationToken);
        }
        catch (Exception exception) when (
            exception is RegistrationException or ModelFileException or TableException or DataRejectedException)
        {
            LogFailed(command.ExecutionId, exception.Message);
            await context.Publish(new RegistrationFailed { ExecutionId = command.ExecutionId, Reason = exception.Message },
                context.CancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Study {ExecutionId}: its best model could not be registered: {Reason}")]
    private partial void LogFailed(string executionId, string reason);

    [LoggerMessage(LogLevel.Error, "RegisterModel of {ExecutionId} as '{ModelId}' is refused, and nothing is changed: {Reason}")]
    private partial void LogRefused(string executionId, string modelId, string reason);
}

/// <summary>
/// The queue <see cref="QueueNames.RegisterModel"/>: one model at a time, as it takes memory and processor, three retries for transient
/// failures, and back to the queue while a store is out of reach.
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
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<RegisterModelConsumer> consumerConfigurator,
            IRegistrationContext context)
    {
        endpointConfigurator.UseMessageRetry(retry => retry.Intervals(Pauses));
        endpointConfigurator.GiveBackUnserved(Patience);
    }

    // What may not be read or written is said at once; a person waits for it.
    private static TimeSpan? Patience(Exception exception) => StoreFailure.CauseOf(exception) switch
    {
        FailureCause.Store => GiveBackFilter.WhileOutOfReach,
        null => null,
        _ => GiveBackFilter.Never,
    };
}

/// <summary>
/// A model cannot be registered, and trying again is of no use. The message is the sentence that the study's owner reads.
/// </summary>
internal sealed class RegistrationException : Exception
{
    public RegistrationException(string message)
        : base(message)
    {
    }

    public RegistrationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
