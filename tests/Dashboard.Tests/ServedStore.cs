using MacroCausal.Dashboard.Access;
using MacroCausal.Dashboard.Starting;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Dashboard.Tests;

/// <summary>A store in a directory of its own and its dashboard, on a free port.</summary>
public sealed class ServedStore : IAsyncDisposable
{
    public const string Running = "running-study";
    public const string Done = "done-study";
    private static readonly int[] Rungs = [2, 4, 8];
    private readonly TemporaryDirectory _directory = new();
    private readonly SqliteDatabase _database;
    private DashboardServer? _server;

    private ServedStore()
    {
        _database = SqliteDatabase.Open(_directory.Combine("macrocausal.db"));
        Changes = SqliteChanges.Open(_directory.Combine("macrocausal.db"));
        Studies = new SqliteStudyStore(_database);
        Models = new SqliteModelRegistry(_database);
        Objects = new DirectoryObjectStore(_directory.Path);
        Actions = new RecordedActions(this);
    }

    public SqliteStudyStore Studies { get; }

    public SqliteModelRegistry Models { get; }

    public DirectoryObjectStore Objects { get; }

    public SqliteChanges Changes { get; }

    public RecordedActions Actions { get; }

    public RecordedStarter Starter { get; } = new();

    public Uri Link => _server!.Link;

    public Uri Address => _server!.Address;

    public string Cookie { get; private set; } = "";

    public string Csrf { get; private set; } = "";

    /// <summary>Serves a store with a study that runs and one that is over.</summary>
    public static async Task<ServedStore> StartAsync()
    {
        var store = new ServedStore();
        await store.AddStudyAsync(Running, "Searching");
        await store.AddStudyAsync(Done, "Completed");
        await store.Models.TryAddAsync(Records.Model("model_" + Done, executionId: Done));
        store._server = await DashboardServer.StartAsync(new DashboardOptions
        {
            Store = store._directory.Path,
            Studies = store.Studies,
            Objects = store.Objects,
            Models = store.Models,
            Changes = store.Changes,
            Actions = store.Actions,
            Starter = store.Starter,
        });
        using var client = store.Client();
        using var welcome = await client.GetAsync(store.Link);
        store.Cookie = welcome.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var page = await (await store.SendAsync(HttpMethod.Get, "/")).Content.ReadAsStringAsync();
        store.Csrf = page.Split("name=\"csrf\" content=\"")[1].Split('"')[0];
        return store;
    }

    /// <summary>A client without a cookie.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        BaseAddress = Address,
        Timeout = Patience.Limit,
    };

    /// <summary>Asks as a page would that has followed the link.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, Action<HttpRequestMessage>? change = null)
    {
        using var client = Client();
        using var request = Request(method, address);
        change?.Invoke(request);
        return await client.SendAsync(request);
    }

    public HttpRequestMessage Request(HttpMethod method, string address)
    {
        var request = new HttpRequestMessage(method, new Uri(Address, address));
        request.Headers.Add("Cookie", Cookie);
        if (method == HttpMethod.Get) return request;
        request.Headers.Add("Origin", Address.GetLeftPart(UriPartial.Authority));
        request.Headers.Add(AccessRules.CsrfHeader, Csrf);
        request.Content = new StringContent("{\"registerBest\":false}", System.Text.Encoding.UTF8, "application/json");
        return request;
    }

    /// <summary>Adds a study of nine trials, of which the last one runs where the study does; or of none where it has just begun.</summary>
    public async Task AddStudyAsync(string id, string state, int trials = 9, string? odd = null)
    {
        var isOver = state is "Completed" or "Failed";
        var study = new StudyInstance
        {
            CorrelationId = ExecutionIds.StudyId(id),
            CurrentState = state,
            StartedAt = Records.Start,
            Settings = new StudySettings
            {
                ExecutionId = id,
                GoldBucket = "gold",
                ArtifactsBucket = "artifacts",
                ModelRegistryTable = "models",
                Target = odd ?? "target",
                MaxEpochs = 8,
                DataSource = odd,
                Fold = WalkForwardFold.StudyOf(id) is { } judged ? new WalkForwardFold(judged, 1, 1) : null,
            },
            Completed = state == "Completed" ? Completed(id) : null,
            Failed = state == "Failed"
                ? new TrainingFailed { ExecutionId = id, Reasons = [odd ?? "No trial has a model."], InvalidInput = false }
                : null,
        };
        await Studies.TryAddStudyAsync(StudyDocument.Write(study));
        for (var number = 0; number < trials; number++)
        {
            var runs = !isOver && number == trials - 1;
            await AddTrialAsync(
                id, number, runs ? 1 : Rungs[number % 3], runs, number == 3 ? odd ?? "The runner has no memory left." : null);
        }
    }

    public Task<bool> AddEpochAsync(string id, int trial, int epoch, double? loss = null) => Studies.TryAddEpochAsync(new EpochRecord
    {
        ExecutionId = id,
        Trial = trial,
        Epoch = epoch,
        Metrics = MetricValues.Losses(0.8 * LossOf(trial, epoch), loss ?? LossOf(trial, epoch)),
        Seconds = 0.5,
        Runner = "runner-1",
        RecordedAt = Records.Start.AddSeconds((10 * trial) + epoch),
    });

    /// <summary>Ends a study as a Tuner would that was asked to.</summary>
    public async Task EndAsync(string id)
    {
        var study = StudyDocument.Read((await Studies.FindStudyAsync(id))!);
        study.CurrentState = "Failed";
        study.Cancelled = new StudyCancellation(Records.Start.AddHours(1), "Searching", RegisterBest: false);
        study.Failed = new TrainingFailed { ExecutionId = id, Reasons = ["cancelled while searching"], InvalidInput = false };
        await Studies.TryReplaceStudyAsync(StudyDocument.Next(study)!);
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        Changes.Dispose();
        _database.Dispose();
        _directory.Dispose();
    }

    private async Task AddTrialAsync(string id, int number, int last, bool runs, string? failure)
    {
        var fails = number == 3;
        var record = Records.Trial(number, executionId: id) with
        {
            Config = Records.Config with { LearningRate = 0.001 * (number + 1), BatchSize = 32 << (number % 3) },
            Status = fails ? TrialStatus.Failed : runs ? TrialStatus.Running : last == 8 ? TrialStatus.Completed : TrialStatus.Paused,
            Epoch = runs || fails ? 0 : last,
            ToEpoch = runs ? 2 : last,
            Milestones = runs || fails
                ? []
                : [.. Rungs.Where(rung => rung <= last).Select(rung => new RungLoss(rung, LossOf(number, rung)))],
            BestEpoch = runs || fails ? 0 : last,
            Failure = failure,
        };
        await Studies.TryAddTrialAsync(record);
        for (var epoch = 1; epoch <= last && !fails; epoch++)
        {
            await AddEpochAsync(id, number, epoch);
        }
    }

    private static double LossOf(int trial, int epoch) => 1 + (0.1 * ((trial * 7) % 5)) + (2.0 / epoch);

    private static TrainingCompleted Completed(string id) => new()
    {
        ExecutionId = id,
        ModelId = "model_" + id,
        ModelUri = $"s3://artifacts/models/{id}/",
        BestTrial = 5,
        BestEpoch = 8,
        BestConfig = Records.Config,
        BestValidationLoss = 1.25,
        Baselines = new Dictionary<string, double> { ["mean"] = 3, ["ar"] = 2 },
        Verdict = new Verdict
        {
            Word = "better",
            Sentence = "better than an autoregression",
            BestBaseline = "ar",
            BaselineLoss = 2,
            Loss = 1.25,
            Rows = 40,
            Looks = 42,
        },
        Trials = 9,
        FailedTrials = 1,
        TrialEpochs = 42,
        Seconds = 95,
    };
}

/// <summary>A served store that a test class shares, because no test changes it.</summary>
public sealed class SharedStore : IAsyncLifetime
{
    public ServedStore Store { get; private set; } = null!;

    public async Task InitializeAsync() => Store = await ServedStore.StartAsync();

    public async Task DisposeAsync() => await Store.DisposeAsync();
}

/// <summary>Keeps what the form asks for.</summary>
public sealed class RecordedStarter : IStudyStarter
{
    public const long MaxUploadBytes = 2000;

    public List<(StartForm Asked, string? Name, byte[]? Table)> Started { get; } = [];

    public StudyForm Form { get; } = new()
    {
        Fields = [new FormField { Name = "target", Option = "--target", Text = "Column to predict", Kind = "text", IsMain = true }],
        SearchSpace = [new FormDimension("dropout", "dropout", "share", new FormRange("uniform", "0.1", "0.3", null))],
        MaxUploadBytes = MaxUploadBytes,
    };

    public async Task<string> StartAsync(StartForm asked, Upload? upload, CancellationToken cancellationToken)
    {
        using var table = new MemoryStream();
        if (upload is not null)
        {
            await upload.Content.CopyToAsync(table, cancellationToken);
        }

        if (asked.Values.GetValueOrDefault("target") is { } odd) throw new StartRefusedException([new FieldError("target", odd)]);
        Started.Add((asked, upload?.Name, upload is null ? null : table.ToArray()));
        return ServedStore.Running;
    }
}

/// <summary>Does what pages ask for, and keeps it.</summary>
public sealed class RecordedActions(ServedStore store) : IStudyActions
{
    public List<string> Asked { get; } = [];

    public async Task<string> CancelAsync(string executionId, bool registerBest, CancellationToken cancellationToken)
    {
        Asked.Add($"cancel {executionId} {registerBest}");
        await store.EndAsync(executionId);
        return $"{executionId} has ended";
    }

    public async Task<string> DeleteAsync(string executionId, CancellationToken cancellationToken)
    {
        Asked.Add($"delete {executionId}");
        var record = await store.Studies.FindStudyAsync(executionId, cancellationToken)
            ?? throw new ActionRefusedException($"There is no study '{executionId}'.");
        await store.Studies.TryRemoveStudyAsync(record, cancellationToken);
        return $"deleted {executionId}";
    }

    public async Task<string> SetStatusAsync(string modelId, string status, string seen, CancellationToken cancellationToken)
    {
        Asked.Add($"{status} {modelId} {seen}");
        return await store.Models.SetStatusAsync(modelId, status, seen, cancellationToken)
            ? $"{modelId} is {status}"
            : throw new ActionRefusedException($"'{modelId}' is no more {seen}.");
    }
}
