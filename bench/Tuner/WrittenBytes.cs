using System.Text;
using Amazon.DynamoDBv2.Model;
using MacroCausal.Search.Studies;
using MacroCausal.Storage;
using MacroCausal.Storage.Aws;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Bench.Tuner;

/// <summary>
/// Counts what the Tuner writes: the DynamoDB item of every change of a trial's record, and the study's own item once a turn. Names and
/// values as UTF-8 text; DynamoDB stores numbers shorter. Every trial of a small study is followed, of a large one a thousand.
/// </summary>
internal sealed class WrittenBytes(StudySettings settings)
{
    private const int Followed = 1000;
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 30, 0, TimeSpan.Zero);
    private static readonly string Hash = new('a', 64);

    private readonly Dictionary<int, TrialRecord> _trials = [];
    private readonly int _stride = Math.Max(1, settings.Trials / Followed);
    private long _bytes;
    private int _decisions;

    /// <summary>Bytes of trial records for every decision: that of the decision, and its share of those of reports.</summary>
    public double PerDecision => (double)_bytes / _decisions;

    /// <summary>Bytes of the largest trial record.</summary>
    public int Largest { get; private set; }

    /// <summary>Bytes of the study's record, which is replaced once a turn.</summary>
    public int OfStudy { get; } = Size(StudyItems.Of(StudyDocument.Write(Instance(settings))));

    public void Write(Decision decision)
    {
        if (decision is StartTrial start && start.Trial % _stride == 0)
        {
            Decided(TrialTransitions.Begin(settings.ExecutionId, start, Now));
        }
        else if (decision is ContinueTrial next && _trials.TryGetValue(next.Trial, out var trial))
        {
            Decided(TrialTransitions.Continue(trial, next, Now));
        }
    }

    public void Write(int trial, int epoch, double loss)
    {
        if (!_trials.TryGetValue(trial, out var before)) return;
        Written(TrialTransitions.CompleteSegment(before, new TrialEpochCompleted
        {
            ExecutionId = settings.ExecutionId,
            Trial = trial,
            Epoch = epoch,
            ToEpoch = epoch,
            BestValidationLoss = loss,
            BestEpoch = epoch,
            Seconds = 1,
            RowsPerSecond = 1,
            Checkpoint = new(ObjectKeys.Uri(settings.ArtifactsBucket, ObjectKeys.Checkpoint(settings.ExecutionId, trial, epoch)), Hash),
            Runner = "runner",
        }, settings.MaxEpochs));
    }

    private void Decided(TrialRecord trial)
    {
        _decisions++;
        Written(trial);
    }

    private void Written(TrialRecord trial)
    {
        _trials[trial.Trial] = trial;
        var size = Size(StudyItems.Of(trial));
        _bytes += size;
        Largest = Math.Max(Largest, size);
    }

    private static int Size(Dictionary<string, AttributeValue> item) =>
        item.Sum(attribute => Encoding.UTF8.GetByteCount(attribute.Key)
            + Encoding.UTF8.GetByteCount(attribute.Value.S ?? attribute.Value.N));

    private static StudyInstance Instance(StudySettings settings) => new()
    {
        CurrentState = "Searching",
        Settings = settings,
        StartedAt = Now,
        ConcurrencyStamp = Guid.AllBitsSet,
        Data = new DataManifest
        {
            Train = Split(settings, "train.parquet"),
            Validation = Split(settings, "validation.parquet"),
            Scaler = Split(settings, "scaler.json"),
            Profile = Split(settings, "profile.json"),
            Features = 127,
            TrainRows = 575,
            ValidationRows = 144,
            TestRows = 0,
            TargetMean = 0.0123456789,
            TargetScale = 0.123456789,
            Baselines = new Dictionary<string, double> { ["mean"] = 0.0123456789, ["ridge"] = 0.0123456789 },
        },
    };

    private static ObjectReference Split(StudySettings settings, string name) =>
        new(ObjectKeys.Uri(settings.ArtifactsBucket, ObjectKeys.Data(settings.ExecutionId) + name), Hash);
}
