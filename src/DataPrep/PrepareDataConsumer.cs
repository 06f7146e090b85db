using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MassTransit;

namespace MacroCausal.DataPrep;

/// <summary>
/// Prepares a gold table: splits, scaler and profile to the artifacts bucket, then DataPrepared; or DataRejected, with nothing written, where the table is at
/// fault. The same message writes the same objects and publishes the same event. What is nobody's table's fault is left to the endpoint's retries.
/// </summary>
public sealed class PrepareDataConsumer(GoldReader gold, PreparedDataWriter writer) : IConsumer<PrepareData>
{
    public async Task Consume(ConsumeContext<PrepareData> context)
    {
        var command = context.Message;
        try
        {
            await context.Publish(await PrepareAsync(command, context.CancellationToken), context.CancellationToken);
        }
        catch (DataRejectedException e)
        {
            await RejectAsync(context, e.Reasons);
        }
        catch (TableException e)
        {
            await RejectAsync(context, [e.Message]);
        }
    }

    private async Task<DataPrepared> PrepareAsync(PrepareData command, CancellationToken cancellationToken)
    {
        var table = await gold.ReadAsync(command.GoldUri, cancellationToken);
        var prepared = await BackgroundPreparation.RunAsync(table, Options(command), cancellationToken);
        return new DataPrepared
        {
            ExecutionId = command.ExecutionId,
            Data = await writer.WriteAsync(command.ArtifactsBucket, command.ExecutionId, prepared, cancellationToken),
            Profile = prepared.Profile.Summarize(),
        };
    }

    private static Task RejectAsync(ConsumeContext<PrepareData> context, IReadOnlyList<string> reasons) =>
        context.Publish(new DataRejected { ExecutionId = context.Message.ExecutionId, Reasons = reasons }, context.CancellationToken);

    private static PrepareOptions Options(PrepareData command) => new()
    {
        Target = command.Target,
        DateColumn = command.DateColumn,
        IgnoredColumns = command.IgnoredColumns,
        CategoryColumns = command.CategoryColumns,
        TrainFraction = command.TrainFraction,
        TestFraction = command.TestFraction,
        EmbargoRows = command.EmbargoRows,
        MinimumTrainRows = command.MinimumTrainRows,
    };
}
