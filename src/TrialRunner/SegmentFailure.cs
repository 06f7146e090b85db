using System.Runtime.InteropServices;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Storage;

namespace MacroCausal.TrialRunner;

/// <summary>Says why a segment could not be trained.</summary>
internal static class SegmentFailure
{
    /// <summary>The report of a failed attempt, with a reason that a person can act on.</summary>
    public static TrialFailed Describe(RunTrial segment, Exception exception) => new()
    {
        ExecutionId = segment.ExecutionId,
        Trial = segment.Trial,
        ToEpoch = segment.ToEpoch,
        Attempt = segment.Attempt,
        Reason = exception switch
        {
            _ when IsOutOfMemory(exception) =>
                $"Memory ran out while training hidden layers [{string.Join(", ", segment.Config.HiddenLayers)}] "
                + $"with batches of {segment.Config.BatchSize}; "
                + "give the runner more memory or fewer Workers.",
            ArgumentException argument => argument.Message.Replace($" (Parameter '{argument.ParamName}')", "", StringComparison.Ordinal),
            _ when IsExplained(exception) => exception.Message,
            _ => $"Unexpected {exception.GetType().Name}: {exception.Message.Split('\n')[0].Trim()}",
        },
    };

    /// <summary>Whether the reason says it all, so that no stack trace is needed beside it.</summary>
    public static bool IsExplained(Exception exception) =>
        IsOutOfMemory(exception) || exception is SegmentException or ModelFileException
            or ObjectStoreException or ReportException or ArgumentException;

    /// <summary>Whether memory ran out; torch reports both of its allocators' failures as text.</summary>
    public static bool IsOutOfMemory(Exception exception) =>
        exception is OutOfMemoryException
        || (exception is ExternalException && (exception.Message.Contains("not enough memory", StringComparison.Ordinal)
            || exception.Message.Contains("out of memory", StringComparison.Ordinal)));
}
