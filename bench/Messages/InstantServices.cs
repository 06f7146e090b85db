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
/// A TrialRunner whose training costs nothing: epochs are reported as the real one reports quick ones, some together, and the last when all
/// others are sent.
/// </summary>
internal sealed class InstantRunner(StudyShape shape) : IConsumer<RunTrial>
{
    public const int MaxTogether = 10;

    public async Task Consume(ConsumeContext<RunTrial> context)
    {
        var segment = context.Message;
        var before = Enumerable.Range(segment.FromEpoch + 1, segment.ToEpoch - segment.FromEpoch - 1);
        foreach (var together in before.Chunk(shape.Together))
        {
            await Task.WhenAll(together.Select(epoch => context.Publish(SeededLoss.Report(segment, epoch))));
        }

        await context.Publish(SeededLoss.Report(segment, segment.ToEpoch));
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
