using MacroCausal.Contracts;
using MacroCausal.TestKit;

namespace MacroCausal.Integration.Tests.Services;

/// <summary>The stage of a pipeline: configured by its environment, it answers by its exit code.</summary>
[Collection(SharedServices.Name)]
[Trait("Category", "Slow")]
public sealed class OrchestrateTests(ServicesFixture services) : IDisposable
{
    private const string Small = """{"trials": 2, "maxEpochs": 2}""";
    private const string Endless = """{"trials": 1000, "maxEpochs": 10000, "patience": 10000, "scheduler": "none", "parallelism": 1}""";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_ends_with_0_where_there_is_a_model_and_again_where_it_is_started_again()
    {
        const string Id = "arn:aws:states:eu-west-1:123456789012:execution:stage:done";
        await services.Aws.PutGoldAsync(Id, await ServicesFixture.SampleAsync(_directory));

        var first = await EndAsync(Start(services.Aws, Id, Small));
        first.ExitCode.ShouldBe(0, first.Errors + services.Cluster.Output);
        first.Json.GetProperty("status").GetString().ShouldBe("TRAINED");
        first.Errors.ShouldContain("submitted " + Id);

        var again = await EndAsync(Start(services.Aws, Id, Small));
        again.ExitCode.ShouldBe(0, again.Errors);
        again.Errors.ShouldContain(Id + " is there already: Completed");
        again.Json.GetProperty("modelId").GetString().ShouldBe(first.Json.GetProperty("modelId").GetString());

        var other = await EndAsync(Start(services.Aws, Id, """{"trials": 3, "maxEpochs": 2}"""));
        other.ExitCode.ShouldBe(2, other.Errors);
        other.Errors.ShouldContain("trials is 2, and 3 is asked for");
    }

    [Fact]
    public async Task It_ends_with_2_where_the_table_or_the_settings_are_bad_and_tries_a_table_that_was_put_right()
    {
        const string Id = "stage-rejected";
        var unknown = await EndAsync(Start(services.Aws, Id, """{"trails": 2}"""));
        unknown.ExitCode.ShouldBe(2, unknown.Errors);
        unknown.Errors.ShouldContain("'STUDY_SETTINGS', line 1: there is no setting 'trails'; did you mean 'trials'?");

        var missing = await EndAsync(Start(services.Aws, Id, Small));
        missing.ExitCode.ShouldBe(2, missing.Errors + services.Cluster.Output);
        missing.Json.GetProperty("status").GetString().ShouldBe("REJECTED");

        await services.Aws.PutGoldAsync(Id, await ServicesFixture.SampleAsync(_directory));
        var there = await EndAsync(Start(services.Aws, Id, Small));
        there.ExitCode.ShouldBe(0, there.Errors + services.Cluster.Output);
    }

    [Fact]
    public async Task SIGTERM_leaves_the_study_unless_it_is_to_end_too_and_one_that_was_cancelled_is_1()
    {
        const string Id = "stage-stopped";
        await services.Aws.PutGoldAsync(Id, await ServicesFixture.SampleAsync(_directory));

        using (var leaving = Start(services.Aws, Id, Endless))
        {
            await leaving.SaysAsync("to validate", leaving.Terminate);
            (await leaving.EndAsync()).ExitCode.ShouldBe(143);
        }

        (await services.Aws.StudyRecords.FindStudyAsync(Id))!.IsOver.ShouldBeFalse();
        using (var ending = Start(services.Aws, Id, Endless, cancels: true))
        {
            await ending.SaysAsync(Id + " is there already: ", ending.Terminate);
            var ended = await ending.EndAsync();
            ended.ExitCode.ShouldBe(143, ended.Errors);
            ended.Json.GetProperty("cancelled").GetBoolean().ShouldBeTrue();
        }

        await Eventually.Holds(async () => (await services.Aws.StudyRecords.FindStudyAsync(Id))!.IsOver);
        var failed = await EndAsync(Start(services.Aws, Id, Endless));
        failed.ExitCode.ShouldBe(1, failed.Errors);
        failed.Json.GetProperty("status").GetString().ShouldBe("FAILED");
    }

    [Fact]
    public async Task It_ends_with_1_where_no_study_begins()
    {
        using var idle = await LocalAws.StartAsync();
        await idle.Sqs.CreateQueueAsync(QueueNames.StartTraining);

        var ended = await EndAsync(Start(idle, "stage-nobody", Small, cancels: false, "--wait", "0"));

        ended.ExitCode.ShouldBe(1, ended.Errors);
        ended.Errors.ShouldContain("No study 'stage-nobody' began within 0 seconds: no Tuner is up");
    }

    private static async Task<Ended> EndAsync(MacroCausalProcess process)
    {
        using (process)
        {
            return await process.EndAsync();
        }
    }

    private static MacroCausalProcess Start(
        LocalAws aws, string executionId, string settings, bool cancels = false, params string[] arguments)
    {
        var environment = new Dictionary<string, string>(aws.Environment)
        {
            ["EXECUTION_ID"] = executionId,
            ["STUDY_SETTINGS"] = settings,
            ["CANCEL_ON_STOP"] = cancels ? "true" : "",
        };
        return MacroCausalProcess.Start(environment, ["orchestrate", "--json", .. arguments]);
    }
}
