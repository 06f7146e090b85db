using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace MacroCausal.Storage.Aws;

/// <summary>
/// The records of studies in one DynamoDB table: an item a study, a trial, an epoch, all of a study in one partition. Every change is one
/// conditional put; every read is consistent, but for the order and completeness of <see cref="ListStudiesAsync"/>, which may be a moment
/// late.
/// </summary>
/// <param name="client">The client, which retries what is throttled or fails for a moment.</param>
/// <param name="table">The table, made as <see cref="DynamoDbTables"/> makes it.</param>
public sealed class DynamoDbStudyStore(IAmazonDynamoDB client, string table) : IStudyStore
{
    private const string Absent = $"attribute_not_exists({StudyKeys.Partition})";
    private const string OneBelow = "version = :previous";
    private const int MaxConcurrentDeletes = 32;
    private readonly DynamoDbTable _table = new(client, table, "STUDY_TABLE");

    /// <inheritdoc/>
    public async Task<StudyRecord?> FindStudyAsync(string executionId, CancellationToken cancellationToken = default) =>
        await _table.FindAsync(StudyKeys.Of(executionId, StudyKeys.Study), cancellationToken) is { } item ? StudyItems.ToStudy(item) : null;

    /// <inheritdoc/>
    public async IAsyncEnumerable<StudyRecord> ListStudiesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var index = new QueryRequest
        {
            IndexName = StudyKeys.Index,
            KeyConditionExpression = $"{StudyKeys.IndexPartition} = :kind",
            ExpressionAttributeValues = new() { [":kind"] = Attributes.Of(StudyKeys.Kind) },
        };
        var keys = await _table.QueryAsync(index, cancellationToken)
            .Select(item => (ExecutionId: item.Text(StudyKeys.Partition), StartedAt: item.Text(StudyKeys.IndexSort)))
            .ToListAsync(cancellationToken);
        var latestFirst = keys
            .OrderByDescending(key => key.StartedAt, StringComparer.Ordinal)
            .ThenBy(key => key.ExecutionId, StringComparer.Ordinal);
        foreach (var key in latestFirst)
        {
            if (await FindStudyAsync(key.ExecutionId, cancellationToken) is { } study)
            {
                yield return study;
            }
        }
    }

    /// <inheritdoc/>
    public Task<bool> TryAddStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        TryAddAsync(StudyItems.Of(study), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryReplaceStudyAsync(StudyRecord study, CancellationToken cancellationToken = default) =>
        TryReplaceAsync(StudyItems.Of(study), study.Version, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> TryRemoveStudyAsync(StudyRecord study, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(study);
        if (await FindStudyAsync(study.ExecutionId, cancellationToken) is not { } known || known.Version != study.Version) return false;

        var records = new QueryRequest
        {
            KeyConditionExpression = $"{StudyKeys.Partition} = :id",
            ExpressionAttributeValues = new() { [":id"] = Attributes.Of(study.ExecutionId) },
            ProjectionExpression = $"{StudyKeys.Partition}, {StudyKeys.Sort}",
            ConsistentRead = true,
        };
        await Parallel.ForEachAsync(
            _table.QueryAsync(records, cancellationToken).Where(key => key.Text(StudyKeys.Sort) != StudyKeys.Study),
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentDeletes, CancellationToken = cancellationToken },
            async (key, token) => await _table.TryDeleteAsync(key, condition: null, values: null, token));
        return await _table.TryDeleteAsync(
            StudyKeys.Of(study.ExecutionId, StudyKeys.Study), "version = :version",
            new() { [":version"] = Attributes.Of(study.Version) }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> TryAddTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        TryAddAsync(StudyItems.Of(trial), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryReplaceTrialAsync(TrialRecord trial, CancellationToken cancellationToken = default) =>
        TryReplaceAsync(StudyItems.Of(trial), trial.Version, cancellationToken);

    /// <inheritdoc/>
    public async Task<TrialRecord?> FindTrialAsync(string executionId, int trial, CancellationToken cancellationToken = default) =>
        await _table.FindAsync(StudyKeys.Of(executionId, StudyKeys.Trial(trial)), cancellationToken) is { } item
            ? StudyItems.ToTrial(item)
            : null;

    /// <inheritdoc/>
    public IAsyncEnumerable<TrialRecord> ListTrialsAsync(string executionId, CancellationToken cancellationToken = default) =>
        ListAsync(executionId, StudyKeys.Trials, cancellationToken).Select(StudyItems.ToTrial);

    /// <inheritdoc/>
    public Task PutHeartbeatAsync(HeartbeatRecord heartbeat, CancellationToken cancellationToken = default) =>
        _table.TryPutAsync(StudyItems.Of(heartbeat), condition: null, values: null, cancellationToken);

    /// <inheritdoc/>
    public async Task<HeartbeatRecord?> FindHeartbeatAsync(
        string executionId, int trial, CancellationToken cancellationToken = default) =>
        await _table.FindAsync(StudyKeys.Of(executionId, StudyKeys.Heartbeat(trial)), cancellationToken) is { } item
            ? new HeartbeatRecord(executionId, trial, item.Instant("at"))
            : null;

    /// <inheritdoc/>
    public Task<bool> TryAddLookAsync(LookRecord look, CancellationToken cancellationToken = default) =>
        _table.TryPutAsync(StudyItems.Of(look), $"attribute_not_exists({StudyKeys.IndexPartition})", values: null, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryReplaceLookAsync(LookRecord look, DateTimeOffset dueAt, CancellationToken cancellationToken = default) =>
        _table.TryPutAsync(
            StudyItems.Of(look), $"{StudyKeys.IndexSort} = :due", new() { [":due"] = Attributes.Of(dueAt) }, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<LookRecord> ListDueLooksAsync(DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        var request = new QueryRequest
        {
            IndexName = StudyKeys.Index,
            KeyConditionExpression = $"{StudyKeys.IndexPartition} = :kind AND {StudyKeys.IndexSort} <= :now",
            ExpressionAttributeValues = new() { [":kind"] = Attributes.Of(StudyKeys.Look), [":now"] = Attributes.Of(now) },
        };
        return _table.QueryAsync(request, cancellationToken).Select(StudyItems.ToLook);
    }

    // Without the index's attributes it is in no listing; so the Tuner needs no right to delete.
    /// <inheritdoc/>
    public Task RemoveLookAsync(string executionId, CancellationToken cancellationToken = default) =>
        _table.TryPutAsync(StudyKeys.Of(executionId, StudyKeys.Look), condition: null, values: null, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryAddEpochAsync(EpochRecord epoch, CancellationToken cancellationToken = default) =>
        TryAddAsync(StudyItems.Of(epoch), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<EpochRecord> ListEpochsAsync(string executionId, CancellationToken cancellationToken = default) =>
        ListAsync(executionId, StudyKeys.Epochs, cancellationToken).Select(StudyItems.ToEpoch);

    private Task<bool> TryAddAsync(Dictionary<string, AttributeValue> item, CancellationToken cancellationToken) =>
        _table.TryPutAsync(item, Absent, values: null, cancellationToken);

    private Task<bool> TryReplaceAsync(Dictionary<string, AttributeValue> item, int version, CancellationToken cancellationToken) =>
        _table.TryPutAsync(item, OneBelow, new() { [":previous"] = Attributes.Of(version - 1L) }, cancellationToken);

    private IAsyncEnumerable<Dictionary<string, AttributeValue>> ListAsync(
        string executionId, string records, CancellationToken cancellationToken)
    {
        var request = new QueryRequest
        {
            KeyConditionExpression = $"{StudyKeys.Partition} = :id AND begins_with({StudyKeys.Sort}, :records)",
            ExpressionAttributeValues = new() { [":id"] = Attributes.Of(executionId), [":records"] = Attributes.Of(records) },
            ConsistentRead = true,
        };
        return _table.QueryAsync(request, cancellationToken);
    }
}
