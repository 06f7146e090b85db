using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Cli.Progress;

/// <summary>
/// Follows one study on AWS: its events through a queue of its own, gone with it, and its record, which says how it ended where an event
/// was lost.
/// </summary>
internal sealed class StudyFollower : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private readonly string _executionId;
    private readonly IStudyView _view;
    private readonly StudyWatch _watch;
    private readonly IHost _host;

    private StudyFollower(string executionId, IStudyView view)
    {
        (_executionId, _view, _watch) = (executionId, view, new StudyWatch(executionId, view));
        _host = AwsHost.Build(_watch);
    }

    /// <summary>Begins to listen: whatever is published from now on is heard.</summary>
    public static async Task<StudyFollower> StartAsync(string executionId, IStudyView view, CancellationToken cancellationToken)
    {
        var follower = new StudyFollower(executionId, view);
        try
        {
            await follower._host.StartAsync(cancellationToken);
            return follower;
        }
        catch
        {
            follower._host.Dispose();
            throw;
        }
    }

    /// <summary>The study's record; null where there is none yet.</summary>
    public Task<StudyRecord?> FindRecordAsync(CancellationToken cancellationToken) =>
        _host.Services.GetRequiredService<IStudyStore>().FindStudyAsync(_executionId, cancellationToken);

    /// <summary>Sends a message to the queue of a service.</summary>
    public Task SendAsync<T>(string queue, T message, CancellationToken cancellationToken)
        where T : class => _host.SendAsync(queue, message, cancellationToken);

    /// <summary>Waits for the study's end.</summary>
    /// <param name="earlier">Version of a record that says that the study is over, and is older than the request; null for none.</param>
    /// <param name="patience">How long there may be no record of it; null for any time.</param>
    /// <param name="cancellationToken">Ends the wait, not the study.</param>
    public async Task<StudyOutcome> FollowAsync(int? earlier, TimeSpan? patience, CancellationToken cancellationToken)
    {
        using var looking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var looks = LookAsync(earlier, patience, looking.Token);
        try
        {
            var ended = Task.WhenAny(_watch.Outcome, looks).Unwrap();
            return await _view.FollowAsync(ended);
        }
        finally
        {
            await looking.CancelAsync();
            await looks.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    private async Task<StudyOutcome> LookAsync(int? earlier, TimeSpan? patience, CancellationToken cancellationToken)
    {
        var isOnRecord = false;
        for (var waited = TimeSpan.Zero; ; waited += LookEvery)
        {
            var record = await TryFindAsync(isFirst: waited == TimeSpan.Zero, cancellationToken);
            isOnRecord |= record is not null;
            if (record is not null && record.Version != earlier && StudyOutcome.Of(record) is { } outcome) return outcome;
            if (!isOnRecord && waited >= patience) return NotBegun(waited);
            await Task.Delay(LookEvery, cancellationToken);
        }
    }

    // What cannot be read at first has a reason that a person must hear; later it is tried again.
    private async Task<StudyRecord?> TryFindAsync(bool isFirst, CancellationToken cancellationToken)
    {
        try
        {
            return await FindRecordAsync(cancellationToken);
        }
        catch (StoreException) when (!isFirst)
        {
            return null;
        }
    }

    private StudyOutcome NotBegun(TimeSpan waited) => new(null, new TrainingFailed
    {
        ExecutionId = _executionId,
        Reasons =
        [
            Invariant($"No study '{_executionId}' began within {waited.TotalSeconds:F0} seconds: no Tuner is up, or it refused the study ")
                + "('... is refused' in its log). The message may still be on the queue start-training.",
        ],
        InvalidInput = false,
    });
}
