using System.Text.Json;
using System.Text.Json.Nodes;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>The workflow reads the study's record: it must find there what it looks for.</summary>
[Trait("Category", "Slow")]
[Collection(OnTemplates.Name)]
public sealed class WorkflowTests(SynthesizedDeployments deployments)
{
    private JsonObject Machine =>
        JsonNode.Parse(Substituted(deployments.Eks.Of("AWS::StepFunctions::StateMachine").ShouldHaveSingleItem()))!.AsObject();

    private JsonObject States => Machine[nameof(States)]!.AsObject();

    [Fact]
    public void Every_state_is_reached_and_every_way_ends()
    {
        var reached = new HashSet<string>();
        Walk((string)Machine["StartAt"]!);

        reached.ShouldBe(States.Select(state => state.Key), ignoreOrder: true);
        States.Where(state => !Next(state.Value!).Any())
            .ShouldAllBe(state => state.Value!["End"] != null || (string)state.Value!["Type"]! == "Fail");

        void Walk(string name)
        {
            if (!reached.Add(name)) return;
            foreach (var next in Next(States[name]!))
            {
                Walk(next);
            }
        }
    }

    [Fact]
    public void It_sends_to_the_queue_of_studies_and_reads_their_table()
    {
        ((string)States["SendStartTraining"]!["Parameters"]!["QueueUrl"]!).ShouldBe(QueueNames.StartTraining);
        ((string)States["GetStudy"]!["Parameters"]!["TableName"]!).ShouldBe("macrocausal-studies");
    }

    [Fact]
    public void A_study_that_is_not_over_in_time_is_cancelled_before_the_execution_times_out()
    {
        var tooLong = States["IsFinished"]!["Choices"]!.AsArray().Single(choice => (string?)choice!["Next"] == "SendCancelTraining")!;
        ((int)tooLong["NumericGreaterThanEquals"]!).ShouldBe(24 * 60);
        ((string)States["Count"]!["Next"]!).ShouldBe("Wait");
        ((int)States["Wait"]!["Seconds"]!).ShouldBe(60);
        ((int)Machine["TimeoutSeconds"]!).ShouldBe(24 * 3600 * 11 / 10);

        var parameters = States["SendCancelTraining"]!["Parameters"]!;
        ((string)parameters["QueueUrl"]!).ShouldBe(QueueNames.Study);
        var body = parameters["MessageBody"]!;
        ((string)body["messageType"]![0]!).ShouldBe("urn:message:MacroCausal.Contracts:CancelTraining");
        body["message"]!.AsObject().Select(field => field.Key.Replace(".$", "", StringComparison.Ordinal)).ShouldBe(
            typeof(CancelTraining).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)));
        ((string)States["SendCancelTraining"]!["Next"]!).ShouldBe("TimedOut");
    }

    [Fact]
    public void The_states_that_it_waits_for_are_the_last_ones_of_a_study()
    {
        var machine = new StudyStateMachine();
        var awaited = States["IsFinished"]!["Choices"]!.AsArray().Select(choice => (string?)choice!["StringEquals"]).OfType<string>();

        awaited.ShouldBe([machine.Completed.Name, machine.Failed.Name], ignoreOrder: true);
    }

    [Fact]
    public void A_study_s_record_holds_its_end_where_the_workflow_reads_it()
    {
        var saga =
            JsonNode.Parse(StudyDocument.Write(new StudyInstance { Settings = Settings, Failed = Failed, Completed = Completed }).Saga)!;

        ((string)States["ReadModel"]!["OutputPath"]!).ShouldBe("$.saga.completed");
        ((string)saga["completed"]!["modelId"]!).ShouldBe(Completed.ModelId);
        ((string)States["ReadFailure"]!["OutputPath"]!).ShouldBe("$.saga.failed");
        ((bool)saga["failed"]!["invalidInput"]!).ShouldBeTrue();
        saga["failed"]!["reasons"]!.AsArray().Select(reason => (string)reason!).ShouldBe(Failed.Reasons);
    }

    private static StudySettings Settings => new() { ExecutionId = "e", GoldBucket = "g", ArtifactsBucket = "a", ModelRegistryTable = "m" };

    private static TrainingFailed Failed => new() { ExecutionId = "e", Reasons = ["The table has no rows."], InvalidInput = true };

    private static TrainingCompleted Completed => new()
    {
        ExecutionId = "e",
        ModelId = "model_e_20260101_000000",
        ModelUri = "s3://a/models/e/",
        BestTrial = 0,
        BestEpoch = 1,
        BestConfig = new() { LearningRate = 0.001, BatchSize = 32, HiddenLayers = [64, 32], Dropout = 0.1, WeightDecay = 0.0001 },
        BestValidationLoss = 1,
        Baselines = new Dictionary<string, double> { ["mean"] = 2, ["ridge"] = 2 },
        Trials = 1,
        FailedTrials = 0,
        TrialEpochs = 1,
        Seconds = 1,
    };

    private static IEnumerable<string> Next(JsonNode state) =>
        new[] { (string?)state["Next"], (string?)state["Default"] }
            .Concat((state["Choices"] as JsonArray ?? []).Select(choice => (string?)choice!["Next"])).OfType<string>();

    private static string Substituted(Resource machine) => machine.Properties["DefinitionSubstitutions"]!.AsObject()
        .Aggregate(machine.Text("DefinitionString"), (text, value) =>
            text.Replace("${" + value.Key + "}", (string)value.Value!, StringComparison.Ordinal));
}
