using MacroCausal.Dashboard.Starting;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;

namespace MacroCausal.Dashboard;

/// <summary>What a dashboard shows, and where.</summary>
public sealed record DashboardOptions
{
    /// <summary>Port on 127.0.0.1; 0 for one that is free.</summary>
    public int Port { get; init; }

    /// <summary>What the pages call the store, such as its directory.</summary>
    public required string Store { get; init; }

    /// <summary>The records.</summary>
    public required IStudyStore Studies { get; init; }

    /// <summary>The files.</summary>
    public required IObjectStore Objects { get; init; }

    /// <summary>The registry.</summary>
    public required IModelRegistry Models { get; init; }

    /// <summary>Tells when the records have changed. The caller's to dispose, after the server.</summary>
    public required SqliteChanges Changes { get; init; }

    /// <summary>What a person may do.</summary>
    public required IStudyActions Actions { get; init; }

    /// <summary>Starts studies; null where none can be started from here, and then there is no form.</summary>
    public IStudyStarter? Starter { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>What a person may do from the pages.</summary>
public interface IStudyActions
{
    /// <summary>Ends a study before its time, and waits until it has ended. Returns a sentence that says how it stands.</summary>
    /// <exception cref="ActionRefusedException">It cannot be done; the message says why.</exception>
    Task<string> CancelAsync(string executionId, bool registerBest, CancellationToken cancellationToken);

    /// <summary>Deletes a study that is over; a registered model stays. Returns a sentence that says what was deleted.</summary>
    /// <exception cref="ActionRefusedException">It cannot be done; the message says why.</exception>
    Task<string> DeleteAsync(string executionId, CancellationToken cancellationToken);

    /// <summary>Gives a model another status. Returns a sentence that says what was changed.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="status">Its new status.</param>
    /// <param name="seen">The status that the page shows; the model must have it still.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="ActionRefusedException">There is no such model, or somebody else was quicker; the message says which.</exception>
    Task<string> SetStatusAsync(string modelId, string status, string seen, CancellationToken cancellationToken);
}

/// <summary>What a person asked for cannot be done; the message says why and what to do.</summary>
public sealed class ActionRefusedException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The port cannot be served on; the message names it and the remedy.</summary>
public sealed class PortRefusedException(string message, Exception innerException) : Exception(message, innerException);
