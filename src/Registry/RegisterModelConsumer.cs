using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Checkpoints;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace MacroCausal.Registry;

/// <summary>Stores the best model of a study and says so; or says in one sentence why that is not possible. What may pass is left to the endpoint's retries.</summary>
internal sealed partial class RegisterModelConsumer(ModelRegistration registration, ILogger<RegisterModelConsumer> logger) : IConsumer<RegisterModel>
{
    public async Task Consume(ConsumeContext<RegisterModel> context)
    {
        var command = context.Message;
        try
        {
            await context.Publish(await registration.RegisterAsync(command, context.CancellationToken), context.CancellationToken);
        }
        catch (Exception failure) when (failure is RegistrationException or ModelFileException or TableException or DataRejectedException)
        {
            LogFailed(command.ExecutionId, failure.Message);
            await context.Publish(new RegistrationFailed { ExecutionId = command.ExecutionId, Reason = failure.Message }, context.CancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Study {ExecutionId}: its best model could not be registered: {Reason}")]
    private partial void LogFailed(string executionId, string reason);
}
