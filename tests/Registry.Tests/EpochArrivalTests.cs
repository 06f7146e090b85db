using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Training;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.Registry.Tests;

public sealed class EpochArrivalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryObjectStore _objects = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteStudyStore _studies;

    public EpochArrivalTests()
    {
        _database = SqliteDatabase.Open(_directory.Combine("records.db"));
        _studies = new SqliteStudyStore(_database);
    }

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_study_whose_epochs_are_all_on_record_is_not_kept_waiting()
    {
        await RecordAsync(epochs: [1, 2, 3]);

        Wait().IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task An_epoch_that_the_last_one_has_overtaken_is_waited_for()
    {
        await RecordAsync(epochs: [1, 3]);
        var waiting = Wait();
        waiting.IsCompleted.ShouldBeFalse();

        await _studies.TryAddEpochAsync(Records.Epoch(0, 2));

        await PassTimeUntilAsync(waiting);
    }

    [Fact]
    public async Task An_epoch_that_never_comes_is_given_up_after_47_seconds()
    {
        await RecordAsync(epochs: [1, 2]);
        var began = _time.GetUtcNow();

        await PassTimeUntilAsync(Wait());

        (_time.GetUtcNow() - began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(47));
    }

    [Theory]
    [InlineData(2, null)]
    [InlineData(10, 2.0)]
    public async Task An_epoch_that_never_comes_is_taken_from_the_checkpoint_of_its_trial(double targetScale, double? residualScale)
    {
        var checkpoint = Train(epochs: 3);
        using var content = new MemoryStream();
        checkpoint.Write(content);
        var reference = _objects.Put("s3://artifacts/trial", content.ToArray());
        await RecordAsync(epochs: [1, 3], reference);
        var waiting = Wait(Data with
        {
            TargetScale = targetScale,
            Residual = residualScale is { } scale ? new("ar", scale, reference) : null,
        });

        await PassTimeUntilAsync(waiting);

        var epochs = (await waiting).Epochs;
        epochs.Select(epoch => (epoch.Epoch, epoch.Runner == "checkpoint")).ShouldBe([(1, false), (2, true), (3, false)]);
        epochs[1].Metrics.ValidationLoss.ShouldBe(4 * checkpoint.History.Epochs[1].Validation);
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_read_costs_the_epoch_and_not_the_model()
    {
        await RecordAsync(epochs: [1, 3], _objects.Put("s3://artifacts/trial", [1, 2, 3]));
        var waiting = Wait();

        await PassTimeUntilAsync(waiting);

        (await waiting).Missing.ShouldBe(1);
    }

    [Fact]
    public async Task An_epoch_of_a_segment_that_did_not_end_is_not_waited_for()
    {
        await RecordAsync(epochs: [1, 2, 3, 5]);

        Wait().IsCompletedSuccessfully.ShouldBeTrue();
    }

    private async Task PassTimeUntilAsync(Task waiting)
    {
        await _time.AdvanceUntilAsync(() => Task.FromResult(waiting.IsCompleted));
        await waiting;
    }

    private Task<TrialsOnRecord> Wait(DataManifest? data = null) =>
        new EpochArrival(_studies, _objects, _time, NullLogger<EpochArrival>.Instance).WaitAsync(Records.Arn, data ?? Data, default);

    private static DataManifest Data { get; } = new()
    {
        Train = new("s3://artifacts/train", ""),
        Validation = new("s3://artifacts/validation", ""),
        Scaler = new("s3://artifacts/scaler", ""),
        Profile = new("s3://artifacts/profile", ""),
        Features = 2,
        TrainRows = 16,
        ValidationRows = 16,
        TestRows = 0,
        TargetMean = 0,
        TargetScale = 1,
        Baselines = new Dictionary<string, double>(),
    };

    private static Checkpoint Train(int epochs)
    {
        float[] features = [.. Enumerable.Range(0, 32).Select(number => (float)Math.Sin(number))];
        float[] target = [.. Enumerable.Range(0, 16).Select(number => (float)Math.Cos(number))];
        var rows = new TrainingRows(features, target, 2);
        var options = new TrainingOptions
        {
            HiddenLayers = [4],
            BatchSize = 8,
            LearningRate = 0.01,
            Dropout = 0,
            WeightDecay = 0,
            Seed = 1,
            Patience = 100,
        };
        using var trial = TrainingGroup.Open(rows, rows, [new TrialStart(options)], TrainingDevice.Cpu, TimeProvider.System);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            trial.RunEpoch();
        }

        return trial.Capture(0);
    }

    private async Task RecordAsync(int[] epochs, ObjectReference? checkpoint = null)
    {
        await _studies.TryAddTrialAsync(
            Records.Trial(0) with { Status = TrialStatus.Paused, Epoch = 3, Checkpoint = checkpoint });
        foreach (var epoch in epochs)
        {
            await _studies.TryAddEpochAsync(Records.Epoch(0, epoch));
        }
    }
}
