using System.Net;
using System.Text;
using MacroCausal.Contracts;
using MacroCausal.Storage;

namespace MacroCausal.Integration.Tests.Services;

/// <summary>A TrialRunner that cannot train beside one that can.</summary>
[Collection(SharedServices.Name)]
[Trait("Category", "Slow")]
public sealed class SickRunnerTests(ServicesFixture services) : IDisposable
{
    private const string Id = "arn:aws:states:eu-west-1:123456789012:execution:macro-pipeline:sick-runner";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_runner_whose_store_denies_it_everything_takes_itself_out_and_costs_no_trial_an_attempt()
    {
        var (aws, cluster) = (services.Aws, services.Cluster);
        await aws.PutGoldAsync(Id, await ServicesFixture.SampleAsync(_directory));
        using var denying = new DenyingStore();
        using var sick = aws.Start("TrialRunner", denying.Address);
        await sick.ReadyAsync();

        await aws.SendPlainJsonAsync(new { executionId = Id, trials = 40, maxEpochs = 8, parallelism = 8, scheduler = "none" });
        var completed = await aws.WatchAsync(Id);

        completed.ExitCode.ShouldBe(0, completed.Errors + cluster.Output);
        var trials = await aws.StudyRecords.ListTrialsAsync(Id).ToListAsync();
        trials.Count.ShouldBe(40);
        trials.ShouldAllBe(trial => trial.Status == TrialStatus.Completed && trial.Epoch == 8);
        sick.Output.ShouldContain("This runner is sick and takes no segments");
        sick.Output.ShouldContain("access is denied");
        sick.Output.ShouldContain("goes back to the queue, by no fault of its own");
        sick.Output.ShouldNotContain("the segment to epoch 8 failed");
        (await sick.IsReadyAsync()).ShouldBeFalse();
        denying.Calls.ShouldBeGreaterThan(0);
    }

    /// <summary>S3 as it answers one who may do nothing.</summary>
    private sealed class DenyingStore : IDisposable
    {
        private readonly HttpListener _listener = new();
        private int _calls;

        public DenyingStore()
        {
            Address = new Uri($"http://127.0.0.1:{ServiceProcess.FreePort()}/");
            _listener.Prefixes.Add(Address.ToString());
            _listener.Start();
            _ = AnswerAsync();
        }

        public Uri Address { get; }

        public int Calls => Volatile.Read(ref _calls);

        public void Dispose() => _listener.Close();

        private async Task AnswerAsync()
        {
            var answer = Encoding.UTF8.GetBytes("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                Interlocked.Increment(ref _calls);
                context.Response.StatusCode = (int)HttpStatusCode.Forbidden;
                context.Response.ContentType = "application/xml";
                context.Response.Close(answer, willBlock: false);
            }
        }
    }
}
