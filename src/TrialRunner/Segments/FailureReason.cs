using System.Runtime.InteropServices;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Storage;

namespace MacroCausal.TrialRunner.Segments;

/// <summary>Says in one sentence why a segment failed.</summary>
internal static class FailureReason
{
    public static string Of(Exception exception, RunTrial segment) => exception switch
    {
        _ when IsOutOfMemory(exception) =>
            $"Memory ran out while training hidden layers [{string.Join(", ", segment.Config.HiddenLayers)}] with batches of {segment.Config.BatchSize}; give the runner more memory or fewer Workers.",
        SegmentException or ModelFileException or ObjectStoreException => exception.Message,
        ArgumentException argument => WithoutParameter(argument),
        _ => $"Unexpected {exception.GetType().Name}: {exception.Message.Split('\n')[0].Trim()}",
    };

    /// <summary>Whether the sentence says it all, so that no stack trace is needed beside it.</summary>
    public static bool IsExplained(Exception exception) =>
        IsOutOfMemory(exception) || exception is SegmentException or ModelFileException or ObjectStoreException or ArgumentException;

    // torch reports both of its allocators' failures as text.
    private static bool IsOutOfMemory(Exception exception) =>
        exception is OutOfMemoryException
        || (exception is ExternalException && (exception.Message.Contains("not enough memory", StringComparison.Ordinal) || exception.Message.Contains("out of memory", StringComparison.Ordinal)));

    private static string WithoutParameter(ArgumentException exception) =>
        exception.Message.Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal);
}
