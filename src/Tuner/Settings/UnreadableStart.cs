using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace MacroCausal.Tuner.Settings;

/// <summary>
/// Answers a message on the queue of StartTraining that cannot be read as one, but names its study: whoever waits for the study hears why
/// it does not begin. What names none goes on to the queue of errors.
/// </summary>
internal sealed partial class AnswerUnreadableStartFilter(Func<IBus> bus, ILogger<AnswerUnreadableStartFilter> logger)
    : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (UnreadableStart.Answer(context.Body.GetBytes(), context.Exception) is not { } answer)
        {
            await next.Send(context);
            return;
        }

        LogRefused(answer.ExecutionId, answer.Reasons[0]);
        await bus().Publish(answer, context.CancellationToken);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("answerUnreadableStart");

    [LoggerMessage(Level = LogLevel.Warning, Message = "StartTraining of {ExecutionId} is refused: {Reason}")]
    private partial void LogRefused(string executionId, string reason);
}

/// <summary>What is answered to a body that cannot be read as StartTraining. Pure.</summary>
public static class UnreadableStart
{
    /// <summary>The answer; null where the body names no study, or the exception is of something else.</summary>
    public static TrainingFailed? Answer(ReadOnlyMemory<byte> body, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (CauseOf(exception) is not { } cause || ExecutionIdOf(body) is not { } executionId) return null;
        var reason = cause is JsonException { Path: { Length: > 1 } path }
            ? $"StartTraining cannot be read: {path} has a value of another type than that setting; see 'macrocausal settings --schema'."
            : $"StartTraining cannot be read: {cause.Message.TrimEnd('.')}; see 'macrocausal settings --schema'.";
        return new TrainingFailed { ExecutionId = executionId, Reasons = [reason], InvalidInput = true };
    }

    private static Exception? CauseOf(Exception exception)
    {
        Exception? unreadable = null;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is JsonException or System.Runtime.Serialization.SerializationException)
            {
                unreadable = cause;
            }
        }

        return unreadable;
    }

    // Plain JSON has it at the top, MassTransit's envelope in its message.
    private static string? ExecutionIdOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return Property(json.RootElement, "executionId")?.GetString()
                ?? (Property(json.RootElement, "message", JsonValueKind.Object) is { } message
                    ? Property(message, "executionId")?.GetString()
                    : null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or a text that is none, such as half of a surrogate pair.
            return null;
        }
    }

    private static JsonElement? Property(JsonElement json, string name, JsonValueKind kind = JsonValueKind.String)
    {
        if (json.ValueKind != JsonValueKind.Object) return null;
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind == kind) return property.Value;
        }

        return null;
    }
}
