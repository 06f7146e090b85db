using System.CommandLine;
using System.Diagnostics;
using MacroCausal.Dashboard;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Bench.Dashboard;

/// <summary><c>bench dashboard</c>: how long the dashboard takes to answer for a study of many trials, first and later.</summary>
internal static class DashboardCommand
{
    private const string Study = "simulated";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);

    public static Command Create()
    {
        var trials = new Option<int>("--trials") { Description = "Trials of the study", DefaultValueFactory = _ => 10_000 };
        var epochs = new Option<int>("--epochs") { Description = "Epochs of each trial", DefaultValueFactory = _ => 20 };
        var runs = new Option<int>("--runs") { Description = "Changes; the table shows their median", DefaultValueFactory = _ => 7 };
        var command = new Command("dashboard", "Time to the figures of a simulated study, at first and after every epoch")
        {
            trials, epochs, runs,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(trials), parsed.GetValue(epochs), parsed.GetValue(runs), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int trials, int epochs, int runs, CancellationToken cancellationToken)
    {
        using var directory = new TemporaryDirectory();
        using var database = SqliteDatabase.Open(directory.Combine("macrocausal.db"));
        using var changes = SqliteChanges.Open(directory.Combine("macrocausal.db"));
        var studies = new SqliteStudyStore(database);
        await AddStudyAsync(studies, trials, epochs, cancellationToken);
        await using var server = await DashboardServer.StartAsync(
            new DashboardOptions
            {
                Store = "bench",
                Studies = studies,
                Objects = new DirectoryObjectStore(directory.Path),
                Models = new SqliteModelRegistry(database),
                Changes = changes,
                Actions = new NoActions(),
            },
            cancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };
        using (await client.GetAsync(server.Link, cancellationToken))
        {
            // The cookie is kept.
        }

        await Task.Delay(Look, cancellationToken);
        var (first, bytes) = await AskAsync(client, cancellationToken);
        List<double> after = [];
        for (var run = 1; run <= runs; run++)
        {
            await studies.TryAddEpochAsync(EpochOf(trials - 1, epochs + run), cancellationToken);
            await Task.Delay(Look, cancellationToken);
            after.Add((await AskAsync(client, cancellationToken)).Milliseconds);
        }

        Console.WriteLine(Invariant($"The figures of a study of {trials:N0} trials with {epochs} epochs each, {bytes / 1e6:0.0} MB:\n"));
        Report.Write(["answer", "ms"], [["the first", Invariant($"{first:N0}")], ["after an epoch", Invariant($"{Median(after):N0}")]]);
        return 0;
    }

    private static async Task<(double Milliseconds, long Bytes)> AskAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var figures = await client.GetByteArrayAsync($"/api/figures/{Study}", cancellationToken);
        return (Stopwatch.GetElapsedTime(began).TotalMilliseconds, figures.Length);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task AddStudyAsync(SqliteStudyStore studies, int trials, int epochs, CancellationToken cancellationToken)
    {
        await studies.TryAddStudyAsync(
            StudyDocument.Write(new StudyInstance
            {
                CorrelationId = ExecutionIds.StudyId(Study),
                CurrentState = "Searching",
                StartedAt = Records.Start,
                Settings = new StudySettings
                {
                    ExecutionId = Study,
                    GoldBucket = "gold",
                    ArtifactsBucket = "artifacts",
                    ModelRegistryTable = "models",
                    Trials = trials + 1,
                    MaxEpochs = epochs,
                },
            }),
            cancellationToken);
        for (var trial = 0; trial < trials; trial++)
        {
            double Draw(int what) => SeededRandom.Of(1, trial, what);
            await studies.TryAddTrialAsync(
                Records.Trial(trial, executionId: Study) with
                {
                    Config = Records.Config with
                    {
                        LearningRate = Math.Pow(10, -4 + (2 * Draw(0))),
                        Dropout = 0.1 + (0.2 * Draw(1)),
                        WeightDecay = Math.Pow(10, -5 + (2 * Draw(2))),
                    },
                    Status = trial < trials - 1 ? TrialStatus.Completed : TrialStatus.Running,
                    Epoch = epochs,
                    ToEpoch = epochs,
                    Milestones = [new RungLoss(epochs, LossOf(trial, epochs))],
                    BestEpoch = epochs,
                },
                cancellationToken);
            for (var epoch = 1; epoch <= epochs; epoch++)
            {
                await studies.TryAddEpochAsync(EpochOf(trial, epoch), cancellationToken);
            }
        }
    }

    private static EpochRecord EpochOf(int trial, int epoch) => new()
    {
        ExecutionId = Study,
        Trial = trial,
        Epoch = epoch,
        Metrics = MetricValues.Losses(0.9 * LossOf(trial, epoch), LossOf(trial, epoch)),
        Seconds = 0.25,
        Runner = "runner",
        RecordedAt = Records.Start.AddSeconds((3 * trial) + epoch),
    };

    private static double LossOf(int trial, int epoch) => 1 + SeededRandom.Of(2, trial) + (2.0 / epoch);

    private sealed class NoActions : IStudyActions
    {
        public Task<string> CancelAsync(string executionId, bool registerBest, CancellationToken cancellationToken) =>
            throw new ActionRefusedException("A bench ends no study.");

        public Task<string> DeleteAsync(string executionId, CancellationToken cancellationToken) =>
            throw new ActionRefusedException("A bench deletes no study.");

        public Task<string> SetStatusAsync(string modelId, string status, string seen, CancellationToken cancellationToken) =>
            throw new ActionRefusedException("A bench promotes no model.");
    }
}
