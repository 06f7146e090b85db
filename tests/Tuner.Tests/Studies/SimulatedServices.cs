using System.Collections.Concurrent;
using MassTransit;

namespace MacroCausal.Tuner.Tests.Studies;

/// <summary>
/// The other services, without their work: splits that are there at once, trials whose loss is a formula, a registry that says yes. What
/// a trial reports is a
/// function of its configuration, as it is in the real TrialRunner.
/// </summary>
internal sealed class SimulatedServices
{
    public ConcurrentQueue<RunTrial> Segments { get; } = new();

    public ConcurrentQueue<RegisterModel> Registrations { get; } = new();

    /// <summary>How often every event is published.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Why the table is refused; none where it is fine.</summary>
    public IReadOnlyList<string> Rejections { get; set; } = [];

    /// <summary>How many of the first PrepareData come to nothing.</summary>
    public int LostPreparations { get; init; }

    /// <summary>How many of the first RegisterModel come to nothing.</summary>
    public int LostRegistrations { get; init; }

    public ConcurrentQueue<PrepareData> Preparations { get; } = new();

    /// <summary>Segments that a runner takes and never reports.</summary>
    public Func<RunTrial, bool> Swallows { get; init; } = _ => false;

    /// <summary>Folds whose registration comes to nothing.</summary>
    public Func<WalkForwardFold, bool> LosesFold { get; set; } = _ => false;

    /// <summary>Folds whose registration fails.</summary>
    public Func<WalkForwardFold, bool> FailsFold { get; init; } = _ => false;

    /// <summary>Segments that fail.</summary>
    public Func<RunTrial, bool> Fails { get; init; } = _ => false;

    /// <summary>Trials that end three epochs into their first segment.</summary>
    public Func<RunTrial, bool> EndsEarly { get; init; } = _ => false;

    public static double Loss(TrialConfig config, int epoch) =>
        1 + Math.Abs(Math.Log10(config.LearningRate) + 3) + config.Dropout + (10.0 / epoch);
}

internal sealed class SimulatedDataPrep(SimulatedServices simulated) : IConsumer<PrepareData>
{
    private static readonly ObjectReference Somewhere = new("s3://artifacts/somewhere", new string('0', 64));

    public async Task Consume(ConsumeContext<PrepareData> context)
    {
        simulated.Preparations.Enqueue(context.Message);
        if (simulated.Preparations.Count <= simulated.LostPreparations) return;

        var executionId = context.Message.ExecutionId;
        for (var copy = 0; copy < simulated.Copies; copy++)
        {
            await (simulated.Rejections.Count > 0
                ? context.Publish(new DataRejected { ExecutionId = executionId, Reasons = simulated.Rejections })
                : context.Publish(new DataPrepared { ExecutionId = executionId, Data = Manifest, Profile = Profile }));
        }
    }

    public static DataManifest Manifest => new()
    {
        Train = Somewhere,
        Validation = Somewhere,
        Scaler = Somewhere,
        Profile = Somewhere,
        Features = 4,
        TrainRows = 80,
        ValidationRows = 20,
        TestRows = 0,
        TargetMean = 2,
        TargetScale = 3,
        Baselines = new Dictionary<string, double> { ["mean"] = 9, ["ridge"] = 5 },
    };

    private static DataProfile Profile => new()
    {
        Rows = 100,
        RowsWithoutTarget = 0,
        Columns = 6,
        ColumnsKept = 4,
        Dropped = [],
        ColumnsDropped = 0,
        MissingShare = 0,
        TargetMean = 2,
        TargetVariance = 9,
    };
}

internal sealed class SimulatedRunner(SimulatedServices simulated) : IConsumer<RunTrial>
{
    public async Task Consume(ConsumeContext<RunTrial> context)
    {
        var segment = context.Message;
        simulated.Segments.Enqueue(segment);
        if (simulated.Swallows(segment)) return;

        foreach (var report in simulated.Fails(segment) ? new object[] { Failure(segment) } : Reports(segment))
        {
            for (var copy = 0; copy < simulated.Copies; copy++)
            {
                await context.Publish(report, report.GetType());
            }
        }
    }

    private static TrialFailed Failure(RunTrial segment) => new TrialFailed
    {
        ExecutionId = segment.ExecutionId,
        Trial = segment.Trial,
        ToEpoch = segment.ToEpoch,
        Attempt = segment.Attempt,
        Reason = "out of memory",
    };

    private IEnumerable<object> Reports(RunTrial segment)
    {
        var endsEarly = simulated.EndsEarly(segment);
        var last = endsEarly ? segment.FromEpoch + 3 : segment.ToEpoch;
        for (var epoch = segment.FromEpoch + 1; epoch <= last; epoch++)
        {
            var loss = SimulatedServices.Loss(segment.Config, epoch);
            yield return new TrialEpochCompleted
            {
                ExecutionId = segment.ExecutionId,
                Trial = segment.Trial,
                Epoch = epoch,
                ToEpoch = segment.ToEpoch,
                Metrics = MetricValues.Losses(loss, loss),
                BestValidationLoss = loss,
                BestEpoch = epoch,
                Seconds = 0.1,
                RowsPerSecond = 800,
                EndedEarly = endsEarly && epoch == last,
                Checkpoint = epoch == last ? new ObjectReference($"s3://artifacts/{segment.Trial}/{epoch}", new string('0', 64)) : null,
                Runner = "simulated",
            };
        }
    }
}

internal sealed class SimulatedRegistry(SimulatedServices simulated) : IConsumer<RegisterModel>
{
    public static ObjectReference Forecasts(WalkForwardFold fold) => new($"s3://artifacts/fold/{fold.Number}", new string('0', 64));

    public async Task Consume(ConsumeContext<RegisterModel> context)
    {
        simulated.Registrations.Enqueue(context.Message);
        if (simulated.Registrations.Count <= simulated.LostRegistrations) return;

        for (var copy = 0; copy < simulated.Copies; copy++)
        {
            if (context.Message.Settings.Fold is { } fold)
            {
                if (simulated.LosesFold(fold)) return;
                await context.Publish(simulated.FailsFold(fold)
                    ? new RegistrationFailed { ExecutionId = context.Message.ExecutionId, Reason = "The disk is full." }
                    : (object)new FoldForecast { ExecutionId = context.Message.ExecutionId, Forecasts = Forecasts(fold) });
                continue;
            }

            await context.Publish(new ModelRegistered
            {
                ExecutionId = context.Message.ExecutionId,
                ModelId = context.Message.ModelId,
                ModelUri = "s3://artifacts/models/" + context.Message.ExecutionId + "/",
            });
        }
    }
}
