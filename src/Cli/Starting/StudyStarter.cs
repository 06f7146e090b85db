using MacroCausal.Cli.Commands;
using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Progress;
using MacroCausal.Cli.Tables;
using MacroCausal.Dashboard.Starting;
using MacroCausal.DataPrep;
using MacroCausal.Storage;

namespace MacroCausal.Cli.Starting;

/// <summary>
/// Starts studies as <c>train</c> does, in this process, one at a time: each takes all cores that it is given. When this ends, the study
/// that goes on stops as by Ctrl-C and can be resumed.
/// </summary>
/// <param name="store">Where studies are kept.</param>
/// <param name="say">Tells whoever started this process what is begun and what ends.</param>
/// <param name="maxUploadBytes">Bytes of a table that is uploaded, at most.</param>
internal sealed class StudyStarter(EmbeddedStore store, Action<string> say, long maxUploadBytes = StudyStarter.MaxUploadBytes)
    : IStudyStarter, IAsyncDisposable
{
    private const long MaxUploadBytes = 256 << 20;
    private static readonly TrainForm Train = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1);
    private (string ExecutionId, Task Ended)? _running;

    public StudyForm Form { get; } = Train.Describe(maxUploadBytes);

    public async Task<string> StartAsync(StartForm asked, Upload? upload, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_running is { Ended.IsCompleted: false } running)
            {
                throw new BadInputException($"The study '{running.ExecutionId}' was started here and is not over; "
                    + $"wait for it, cancel it, or start another beside it with '{Invocation.Of("train", "--store", store.Directory)}'.");
            }

            var path = string.IsNullOrWhiteSpace(asked.Path) ? null : asked.Path.Trim();
            var source = upload is null ? InputTable.Describe(path) : $"{upload.Name} (uploaded)";
            var request = Train.Read(asked, store, source) with { Data = upload?.Name ?? path };
            return await StartAsync(request, await OpenAsync(path, upload, cancellationToken));
        }
        catch (BadInputException exception)
        {
            throw new StartRefusedException(Train.ErrorsOf(exception.Reasons), exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops the study that goes on, within its epoch.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        await _turn.WaitAsync();
        if (_running is { } running)
        {
            await running.Ended;
        }

        _stop.Dispose();
        _turn.Dispose();
    }

    // An upload is kept in a file without a name, which is gone with this process, however that ends.
    private static async Task<Stream> OpenAsync(string? path, Upload? upload, CancellationToken cancellationToken)
    {
        if (upload is null)
        {
            return path != InputTable.StandardStream
                ? await InputTable.OpenAsParquetAsync(path, cancellationToken)
                : throw new BadInputException("'-' is standard input, which nobody can type into here; give the path of a file.");
        }

        InputTable.CheckName(upload.Name);
        var content = new TemporaryFile().Open();
        try
        {
            await upload.Content.CopyToAsync(content, cancellationToken);
            content.Position = 0;
            return await InputTable.OpenAsParquetAsync(content, upload.Name, cancellationToken);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    // What is wrong with the table shows while it is prepared, and is told to whoever waits for that.
    private async Task<string> StartAsync(TrainRequest request, Stream table)
    {
        var id = request.Message.ExecutionId!;
        var view = new PreparationView();
        var training = TrainAsync(request, table, view);
        if (await Task.WhenAny(view.Prepared, training) == training)
        {
            var (ended, isKept) = await training;
            if (!isKept) throw new BadInputException(ended?.Failed?.Reasons ?? ["The dashboard has ended before the study has begun."]);
        }

        say($"started {id}");
        _running = (id, TellEndAsync(id, training));
        return id;
    }

    private async Task<(StudyOutcome? Ended, bool IsKept)> TrainAsync(TrainRequest request, Stream table, IStudyView view)
    {
        await using (table)
        {
            return await Task.Run(() => TrainCommand.TrainAsync(request, table, say, view, _stop.Token), CancellationToken.None);
        }
    }

    private async Task TellEndAsync(string id, Task<(StudyOutcome? Ended, bool IsKept)> training)
    {
        try
        {
            say((await training).Ended switch
            {
                { Completed: { } completed } => $"{id} has ended with the model {completed.ModelId}",
                { Failed: { } failed } => $"{id} has ended without a model: {string.Join(' ', failed.Reasons)}",
                _ => $"{id} has stopped; go on with: "
                    + Invocation.Of("resume", "--execution-id", id, "--store", store.Directory),
            });
        }
        catch (Exception exception) when (exception is StoreException or ObjectStoreException or IOException or UnauthorizedAccessException)
        {
            say($"{id} has stopped: {exception.Message}");
        }
    }
}

/// <summary>Tells when a study's table is prepared. The study itself is seen on its page.</summary>
internal sealed class PreparationView : IStudyView
{
    private readonly TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Prepared => _prepared.Task;

    public void Show(DataPrepared prepared) => _prepared.TrySetResult();

    public void Show(TrialEpochCompleted report)
    {
    }

    public void Show(TrialFailed failed)
    {
    }

    public void Show(FoldEnded ended)
    {
    }

    public Task<StudyOutcome> FollowAsync(Task<StudyOutcome> study) => study;
}
