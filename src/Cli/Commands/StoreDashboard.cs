using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Starting;
using MacroCausal.Dashboard;
using MacroCausal.Storage.Embedded;

namespace MacroCausal.Cli.Commands;

/// <summary>The dashboard of a store that is a directory, with the stores that it reads.</summary>
internal sealed class StoreDashboard : IAsyncDisposable
{
    private readonly EmbeddedStores _stores;
    private readonly SqliteChanges _changes;
    private readonly DashboardServer _server;
    private readonly StudyStarter? _starter;

    private StoreDashboard(EmbeddedStores stores, SqliteChanges changes, DashboardServer server, StudyStarter? starter) =>
        (_stores, _changes, _server, _starter) = (stores, changes, server, starter);

    /// <summary>The address, with the key to it.</summary>
    public Uri Link => _server.Link;

    /// <summary>The address of a study's page, with the key to it.</summary>
    public Uri LinkTo(string executionId) => _server.LinkTo(executionId);

    /// <summary>Serves a store that is there.</summary>
    /// <param name="store">The store.</param>
    /// <param name="port">Port on 127.0.0.1; 0 for one that is free.</param>
    /// <param name="starter">Starts studies, and is ended with this; null where none can be started from the pages.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="BadInputException">There is no store, or the port cannot be served on.</exception>
    public static async Task<StoreDashboard> StartAsync(
        EmbeddedStore store, int port, StudyStarter? starter, CancellationToken cancellationToken)
    {
        var stores = EmbeddedStores.OpenExisting(store);
        SqliteChanges? changes = null;
        try
        {
            changes = SqliteChanges.Open(store.Database);
            var server = await DashboardServer.StartAsync(
                new DashboardOptions
                {
                    Port = port,
                    Store = store.Directory,
                    Studies = stores.Studies,
                    Objects = stores.Objects,
                    Models = stores.Models,
                    Changes = changes,
                    Actions = new StoreActions(store),
                    Starter = starter,
                },
                cancellationToken);
            return new StoreDashboard(stores, changes, server, starter);
        }
        catch (Exception exception)
        {
            changes?.Dispose();
            stores.Dispose();
            if (exception is PortRefusedException) throw new BadInputException(exception.Message);
            throw;
        }
    }

    /// <summary>The port that is asked for; 0 where any will do.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public static int PortOf(int? port, string option) => port is null or (>= 0 and <= 65535)
        ? port ?? 0
        : throw new BadInputException($"{option} is {port}; a port is from 1 to 65535, and 0 is for a free one.");

    public async ValueTask DisposeAsync()
    {
        if (_starter is not null) await _starter.DisposeAsync();
        await _server.DisposeAsync();
        _changes.Dispose();
        _stores.Dispose();
    }
}

/// <summary>What a page asks for, done by the commands that do the same.</summary>
internal sealed class StoreActions(EmbeddedStore store) : IStudyActions
{
    public Task<string> CancelAsync(string executionId, bool registerBest, CancellationToken cancellationToken)
    {
        var message = new CancelTraining { ExecutionId = executionId, RegisterBest = registerBest };
        return RunAsync((stores, output) => new StudyCancel(stores, output).RunAsync(message, cancellationToken));
    }

    public Task<string> DeleteAsync(string executionId, CancellationToken cancellationToken) => RunAsync((stores, output) =>
        new StudyDelete(stores, output, withModel: false, isConfirmed: true).RunAsync(executionId, cancellationToken));

    public Task<string> SetStatusAsync(string modelId, string status, string seen, CancellationToken cancellationToken) =>
        RunAsync(async (stores, output) =>
        {
            var change = await ModelPromotion.RunAsync(stores.Registry, modelId, status, seen, cancellationToken);
            output.Say(ModelPromotion.Sentence(change), change);
            return ExitCodes.Done;
        });

    private async Task<string> RunAsync(Func<StudyStores, StudiesOutput, Task<int>> run)
    {
        using var said = new StringWriter();
        using var stores = StudyStores.Open(store);
        try
        {
            await run(stores, new StudiesOutput(json: false, said, said));
        }
        catch (BadInputException exception)
        {
            throw new ActionRefusedException(exception.Message, exception);
        }

        return said.ToString().TrimEnd().Split('\n')[^1];
    }
}
