using System.Diagnostics;
using System.Globalization;
using MacroCausal.Contracts;
using MacroCausal.Integration.Tests.Services;
using MacroCausal.Storage;
using Xunit.Abstractions;
using static System.FormattableString;

namespace MacroCausal.Integration.Tests.Chaos;

/// <summary>Studies on real services while faults come by chance; from 50 faults on with the default settings.</summary>
[Trait("Category", "Slow")]
public sealed class ChaosTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] Schedulers = ["asha", "none", "asha-stopping"];
    private static readonly string[] Samplers = ["tpe", "random"];

    // Time for what a fault leaves behind: a lease and its doubts, a command that is sent again.
    private static readonly TimeSpan MaxAftermath = TimeSpan.FromMinutes(40);

    // MACROCAUSAL_CHAOS_FAULTS=200 dotnet test tests/Integration.Tests -c Release --filter FullyQualifiedName~Chaos
    //   --logger "console;verbosity=detailed"
    private static readonly int Faults = Number("MACROCAUSAL_CHAOS_FAULTS", 8);
    private static readonly int Seed = Number("MACROCAUSAL_CHAOS_SEED", 20_261_130);
    private static readonly bool IsShort = Faults < 50;
    private static readonly int MaxActive = IsShort ? 1 : 3;

    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _studies = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Whatever_faults_come_every_study_ends_and_every_trial_is_accounted_for_once()
    {
        using var aws = await LocalAws.StartAsync(withFaults: true);
        await using var cluster = await ChaosCluster.StartAsync(aws, Seed, withDefaults: !IsShort);
        var gold = await ServicesFixture.GoldAsync(_directory);
        var watch = Stopwatch.StartNew();
        try
        {
            foreach (var fault in Fault.Plan(Seed, Faults))
            {
                await StartStudiesAsync(aws, gold);
                await cluster.InjectAsync(fault);
                await Task.Delay(fault.Pause);
                await cluster.LookAsync();
            }

            await cluster.ClearAsync();
            var injected = watch.Elapsed;
            await WaitForEndsAsync(aws, cluster);
            var accounts = await Task.WhenAll((await WithFoldsAsync(aws)).Select(study => StudyAccount.OfAsync(aws, study)));
            await ReportAsync(aws, cluster, accounts, injected, watch.Elapsed);

            accounts.SelectMany(account => account.Wrong.Select(wrong => $"{account.ExecutionId} {wrong}")).ShouldBeEmpty();
            accounts.Where(account => account.State == "Failed").ShouldAllBe(account => account.Reasons.Count > 0);
        }
        finally
        {
            if (Environment.GetEnvironmentVariable("MACROCAUSAL_CHAOS_LOG") is { Length: > 0 } path)
            {
                await File.WriteAllTextAsync(path, cluster.Output);
            }
        }
    }

    // As many as may be active; each differs from the one before.
    private async Task StartStudiesAsync(LocalAws aws, string gold)
    {
        while (await OpenAsync(aws) < MaxActive)
        {
            var number = _studies.Count;
            var executionId = Invariant($"chaos-{number:D3}");
            await aws.PutGoldAsync(executionId, gold);
            await aws.SendPlainJsonAsync(new
            {
                executionId,
                trials = 8 + (number % 3),
                maxEpochs = 12,
                gracePeriod = 3,
                patience = 12,
                parallelism = 3,
                scheduler = Schedulers[number % Schedulers.Length],
                sampler = Samplers[number % Samplers.Length],
                walkForward = number % 4 == 3 ? 1 : 0,
                seed = number,
            });
            _studies.Add(executionId);
        }
    }

    private async Task<int> OpenAsync(LocalAws aws)
    {
        var records = await Task.WhenAll(_studies.Select(study => aws.StudyRecords.FindStudyAsync(study)));
        return records.Count(record => record is not { IsOver: true });
    }

    private async Task WaitForEndsAsync(LocalAws aws, ChaosCluster cluster)
    {
        var waited = Stopwatch.StartNew();
        while (await OpenAsync(aws) > 0 && waited.Elapsed < MaxAftermath)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            await cluster.LookAsync();
        }
    }

    private async Task<IEnumerable<string>> WithFoldsAsync(LocalAws aws) => _studies.Concat(
        await aws.StudyRecords.ListStudiesAsync().Select(study => study.ExecutionId)
            .Where(id => WalkForwardFold.StudyOf(id) is { } study && _studies.Contains(study)).ToListAsync());

    private async Task ReportAsync(
        LocalAws aws, ChaosCluster cluster, StudyAccount[] accounts, TimeSpan injected, TimeSpan all)
    {
        var plan = Fault.Plan(Seed, Faults).CountBy(fault => fault.Kind).OrderBy(kind => kind.Key)
            .Select(kind => $"{kind.Key} {kind.Value}");
        var trials = accounts.SelectMany(account => account.Trials).ToList();
        output.WriteLine(Invariant($"faults            {Faults} of seed {Seed}: {string.Join(", ", plan)}"));
        output.WriteLine("calls             " + string.Join(", ", (await cluster.AppliedAsync()).Select(one => $"{one.Key} {one.Value}")));
        output.WriteLine(Invariant($"processes ended   {cluster.EndedByThemselves} by themselves"));
        output.WriteLine(Invariant($"minutes           {injected.TotalMinutes:F1} of faults, {all.TotalMinutes:F1} in all"));
        output.WriteLine(Invariant($"studies           {accounts.Length}: ")
            + string.Join(", ", accounts.CountBy(account => account.State).Select(state => $"{state.Key} {state.Value}")));
        output.WriteLine(Invariant($"trials            {trials.Count}: ")
            + string.Join(", ", trials.CountBy(trial => trial.Status).Select(status => $"{status.Key} {status.Value}"))
            + Invariant($"; {accounts.Sum(account => account.Epochs)} epochs"));
        output.WriteLine(Invariant($"attempts counted  {trials.Sum(trial => trial.Attempt)}"));
        output.WriteLine("put aside         " + string.Join(", ", await PutAsideAsync(aws)));
        output.WriteLine(Invariant($"wrong             {accounts.Sum(account => account.Wrong.Count)}"));
        foreach (var account in accounts.Where(account => account.State != "Completed"))
        {
            output.WriteLine($"  {account.ExecutionId} {account.State}: {string.Join(' ', account.Reasons)}");
        }

        foreach (var (account, trial) in accounts.SelectMany(account => account.Trials.Select(trial => (account, trial)))
            .Where(one => one.trial.Status == TrialStatus.Failed))
        {
            output.WriteLine(Invariant($"  {account.ExecutionId} trial {trial.Trial} failed: {trial.Failure}"));
        }
    }

    private static async Task<IReadOnlyList<string>> PutAsideAsync(LocalAws aws)
    {
        var counts = new List<string>();
        foreach (var url in (await aws.Sqs.ListQueuesAsync("")).QueueUrls ?? [])
        {
            var name = url[(url.LastIndexOf('/') + 1)..];
            if (!name.EndsWith("_error", StringComparison.Ordinal) && !name.EndsWith("_skipped", StringComparison.Ordinal)) continue;
            var attributes = await aws.Sqs.GetQueueAttributesAsync(url, ["ApproximateNumberOfMessages"]);
            if (attributes.ApproximateNumberOfMessages > 0) counts.Add(Invariant($"{name} {attributes.ApproximateNumberOfMessages}"));
        }

        return counts;
    }

    private static int Number(string name, int whereUnset) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : whereUnset;
}
