using MacroCausal.Data;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Hosting;
using MacroCausal.Storage;
using MassTransit;

namespace MacroCausal.DataPrep;

/// <summary>
/// Builds the dataset of a gold table: splits, scaler and profile to the artifacts bucket, then DataPrepared; or DataRejected, with nothing
/// written, where the table is the cause. The same message writes the same objects and publishes the same event. Other failures are left to
/// the endpoint's retries.
/// </summary>
public sealed class PrepareDataConsumer(IObjectStore objects, DatasetWriter writer) : IConsumer<PrepareData>
{
    /// <summary>Answers with DataPrepared or DataRejected.</summary>
    public async Task Consume(ConsumeContext<PrepareData> context)
    {
        var command = context.Message;
        try
        {
            await context.Publish(await PrepareAsync(command, context.CancellationToken), context.CancellationToken);
        }
        catch (DataRejectedException exception)
        {
            await RejectAsync(context, exception.Reasons);
        }
        catch (TableException exception)
        {
            await RejectAsync(context, [exception.Message]);
        }
    }

    private async Task<DataPrepared> PrepareAsync(PrepareData command, CancellationToken cancellationToken)
    {
        await using var gold = await OpenGoldAsync(command.GoldUri, cancellationToken);
        await using var scratch = new TemporaryFile();
        using var table = ParquetTable.Open(gold, command.GoldUri);
        var dataset = await BuildInBackgroundAsync(table, Options(command), new ScratchSpace(scratch.Open), cancellationToken);
        return new DataPrepared
        {
            ExecutionId = command.ExecutionId,
            Data = await writer.WriteAsync(command.ArtifactsBucket, command.ExecutionId, dataset, cancellationToken),
            Profile = dataset.Profile.Summarize(),
        };
    }

    private async Task<Stream> OpenGoldAsync(string uri, CancellationToken cancellationToken) =>
        await objects.FindAsync(uri, cancellationToken)
        ?? throw new TableException(
            $"There is no gold table at {uri}; check the execution id and the gold bucket, or run the stage that writes it.");

    // Seconds of arithmetic for a large table, on a thread of its own: the pool's threads keep the bus alive.
    private static Task<Dataset> BuildInBackgroundAsync(
        Table table, PrepareOptions options, ScratchSpace scratch, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () => DatasetBuilder.Build(table, options, scratch, cancellationToken),
            cancellationToken,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);

    private static Task RejectAsync(ConsumeContext<PrepareData> context, IReadOnlyList<string> reasons) =>
        context.Publish(new DataRejected { ExecutionId = context.Message.ExecutionId, Reasons = reasons }, context.CancellationToken);

    private static PrepareOptions Options(PrepareData command) => new()
    {
        Target = command.Target,
        DateColumn = command.DateColumn,
        DateFormat = command.DateFormat,
        NoDate = command.NoDate,
        IgnoredColumns = command.IgnoredColumns,
        CategoryColumns = command.CategoryColumns,
        GroupColumns = command.GroupColumns,
        Horizon = command.Horizon,
        Ahead = command.Ahead,
        TemporalFeatures = command.TemporalFeatures,
        Clip = command.Clip,
        ResidualOf = command.ResidualOf,
        TrainFraction = command.TrainFraction,
        TestFraction = command.TestFraction,
        EmbargoRows = command.EmbargoRows,
        MinimumTrainRows = command.MinimumTrainRows,
        Fold = command.Fold,
    };
}

/// <summary>
/// The endpoint <c>prepare-data</c>: one table at a time, as it takes memory and processor, two retries for transient failures, and back
/// to the queue while S3 is out of reach.
/// </summary>
public sealed class PrepareDataConsumerDefinition : ConsumerDefinition<PrepareDataConsumer>
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)];

    /// <summary>Sets the limit of one message at a time.</summary>
    public PrepareDataConsumerDefinition() => ConcurrentMessageLimit = 1;

    /// <inheritdoc/>
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<PrepareDataConsumer> consumerConfigurator,
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
