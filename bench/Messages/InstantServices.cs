using MassTransit;

namespace MacroCausal.Bench.Messages;

/// <summary>DataPrep that has its splits at once.</summary>
internal sealed class InstantDataPrep : IConsumer<PrepareData>
{
    private static readonly ObjectReference Somewhere = new("s3://artifacts/runs/bench/data/train.parquet", new string('0', 64));

    public Task Consume(ConsumeContext<PrepareData> context) => context.Publish(new DataPrepared
    {
        ExecutionId = context.Message.ExecutionId,
        Data = new DataManifest
        {
            Train = Somewhere,
            Validation = Somewhere,
            Scaler = Somewhere,
            Profile = Somewhere,
            Features = 40,
            TrainRows = 160,
            ValidationRows = 40,
            TestRows = 0,
            TargetMean = 0,
            TargetScale = 1,
            Baselines = new Dictionary<string, double> { ["mean"] = 1, ["ridge"] = 1 },
        },
        Profile = new DataProfile
        {
            Rows = 200,
            RowsWithoutTarget = 0,
            Columns = 42,
            ColumnsKept = 40,
            Dropped = [],
            ColumnsDropped = 0,
            MissingShare = 0,
            TargetMean = 0,
            TargetVariance = 1,
        },
    });
}

/// <summary>
/// A TrialRunner whose training costs nothing: every epoch of the segment is reported at once, as the real one reports them.
/// </summary>
internal sealed class InstantRunner : IConsumer<RunTrial>
{
    public async Task Consume(ConsumeContext<RunTrial> context)
    {
        for (var epoch = context.Message.FromEpoch + 1; epoch <= context.Message.ToEpoch; epoch++)
        {
            await context.Publish(SeededLoss.Report(context.Message, epoch));
        }
    }
}

/// <summary>A Registry that says yes.</summary>
internal sealed class InstantRegistry : IConsumer<RegisterModel>
{
    public Task Consume(ConsumeContext<RegisterModel> context) => context.Publish(new ModelRegistered
    {
        ExecutionId = context.Message.ExecutionId,
        ModelId = context.Message.ModelId,
        ModelUri = ObjectKeys.Uri("artifacts", ObjectKeys.Model(context.Message.ExecutionId)),
    });
}
