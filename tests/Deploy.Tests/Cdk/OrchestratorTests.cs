using System.Text.Json;
using System.Text.Json.Nodes;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>A pipeline's stage on ECS Fargate, wherever the services run: its task, its rights, and the workflow that runs it.</summary>
[Trait("Category", "Slow")]
[Collection(OnTemplates.Name)]
public sealed class OrchestratorTests(SynthesizedDeployments deployments)
{
    private const string Machine = "macrocausal-orchestrate";

    public static TheoryData<string, bool> Deployments => new() { { "stage", true }, { "ecs", true }, { "eks", false } };

    [Theory]
    [MemberData(nameof(Deployments))]
    public void It_is_there_on_ECS_and_on_EKS_where_it_is_asked_for(string deployment, bool isThere)
    {
        var account = deployment switch { "stage" => deployments.Stage, "ecs" => deployments.Ecs, _ => deployments.Eks };

        Machines(account).Any().ShouldBe(isThere);
        account.Of("AWS::ECS::TaskDefinition").Any(task => task.Text("Family") == "macrocausal-orchestrator").ShouldBe(isThere);
        account.Of("AWS::Logs::LogGroup").Any(group => group.Text("LogGroupName") == "/macrocausal/orchestrator").ShouldBe(isThere);
    }

    [Fact]
    public void With_the_services_on_EKS_its_task_is_the_only_one_and_no_network_is_made()
    {
        deployments.Stage.Of("AWS::ECS::TaskDefinition").ShouldHaveSingleItem();
        deployments.Stage.Of("AWS::ECS::Service").ShouldBeEmpty();
        deployments.Stage.Of("AWS::EC2::VPC").ShouldBeEmpty();
    }

    [Fact]
    public void Its_environment_is_the_one_that_the_command_reads()
    {
        var container = deployments.Stage.Of("AWS::ECS::TaskDefinition").Single().Properties["ContainerDefinitions"]!.AsArray().Single()!;
        var given = Names(container["Environment"]!.AsArray()).Concat(Names(Overrides(deployments.Stage)["Environment"]!.AsArray()));

        given.ShouldBe(
            [
                "AWS_REGION", "GOLD_BUCKET", "ARTIFACTS_BUCKET", "MODEL_REGISTRY_TABLE", "STUDY_TABLE", "DOTNET_EnableDiagnostics",
                "CANCEL_ON_STOP", "EXECUTION_ID", "STUDY_SETTINGS",
            ],
            ignoreOrder: true);
        ((string)Overrides(deployments.Stage)["Name"]!).ShouldBe((string)container["Name"]!);
        Value(container, "CANCEL_ON_STOP").ShouldBe("true");
        ((int)container["StopTimeout"]!).ShouldBe(60);
    }

    [Fact]
    public void It_may_send_to_two_queues_read_the_study_and_follow_it_through_a_queue_of_its_own()
    {
        Permissions.Of(deployments.Stage, "orchestrator", "sqs", "dynamodb", "s3").Distinct().ShouldBe(
            [
                .. On(QueueNames.StartTraining, "sqs:GetQueueUrl", "sqs:SendMessage"),
                .. On(QueueNames.Study, "sqs:GetQueueUrl", "sqs:SendMessage"),
                .. On(
                    "study-watch*", "sqs:CreateQueue", "sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:SetQueueAttributes",
                    "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:DeleteQueue"),
                .. On("table/macrocausal-studies", "dynamodb:GetItem"),
            ],
            ignoreOrder: true);
    }

    // tests/Cli.Tests/WatchQueueTests.cs holds the command against the same names.
    [Fact]
    public void It_and_people_may_subscribe_a_queue_of_a_watch_to_what_a_watch_follows_and_nothing_else()
    {
        Type[] followed =
        [
            typeof(DataPrepared), typeof(TrialEpochCompleted), typeof(TrialFailed), typeof(FoldEnded), typeof(TrainingCompleted),
            typeof(TrainingFailed),
        ];
        foreach (var who in new[] { "macrocausal-orchestrator", "Operators" })
        {
            var subscribing = Permissions.All(deployments.Stage)
                .Where(policy => policy.Who.StartsWith(who, StringComparison.Ordinal)
                    && Permissions.Texts(policy.Statement["Action"]).Contains("sns:Subscribe"))
                .ShouldHaveSingleItem().Statement;
            Permissions.Expand(subscribing).Select(permission => permission.On)
                .ShouldBe(followed.Select(type => "MacroCausal_Contracts-" + type.Name), ignoreOrder: true);
            ((string)subscribing["Condition"]!["StringLike"]!["sns:Endpoint"]!).ShouldEndWith(":study-watch*");
        }
    }

    [Fact]
    public void The_workflow_reaches_every_state_and_every_way_ends()
    {
        var definition = Definition(deployments.Stage);
        var states = definition["States"]!.AsObject();
        var reached = new HashSet<string>();
        Walk((string)definition["StartAt"]!);

        reached.ShouldBe(states.Select(state => state.Key), ignoreOrder: true);
        states.Where(state => !Next(state.Value!).Any())
            .ShouldAllBe(state => state.Value!["End"] != null || (string)state.Value!["Type"]! == "Fail");

        void Walk(string name)
        {
            if (!reached.Add(name)) return;
            foreach (var next in Next(states[name]!))
            {
                Walk(next);
            }
        }
    }

    [Fact]
    public void The_workflow_runs_the_task_and_tells_its_exit_codes_apart()
    {
        var states = Definition(deployments.Stage)["States"]!;
        var run = states["Orchestrate"]!;

        ((string)run["Resource"]!).ShouldBe("arn:aws:states:::ecs:runTask.sync");
        ((int)run["TimeoutSeconds"]!).ShouldBe(30 * 3600);
        var network = run["Parameters"]!["NetworkConfiguration"]!["AwsvpcConfiguration"]!;
        Permissions.Texts(network["Subnets"]).ShouldBe(["subnet-1", "subnet-2"]);
        ((string)run["Catch"]![0]!["Next"]!).ShouldBe("SendCancelTraining");
        var codes = states["ExitCode"]!["Choices"]!.AsArray().Where(choice => choice!["And"] is not null)
            .ToDictionary(choice => (int)choice!["And"]![1]!["NumericEquals"]!, choice => (string)choice!["Next"]!);
        codes.ShouldBe(new Dictionary<int, string>
        {
            [1] = "TrainingFailed",
            [2] = "InvalidInput",
        });
        states["SendCancelTraining"]!["Parameters"]!["MessageBody"]!["message"]!.AsObject()
            .Select(field => field.Key.Replace(".$", "", StringComparison.Ordinal)).ShouldBe(
                typeof(CancelTraining).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)));
    }

    [Fact]
    public void The_workflow_may_pass_the_task_its_two_roles_only()
    {
        var passing = Permissions.All(deployments.Stage)
            .Where(policy => Permissions.Texts(policy.Statement["Action"]).Contains("iam:PassRole")).ShouldHaveSingleItem().Statement;

        Permissions.Expand(passing).Select(permission => permission.On).ShouldContain("role/macrocausal-orchestrator");
        Permissions.Texts(passing["Resource"]).Count().ShouldBe(2);
        ((string)passing["Condition"]!["StringEquals"]!["iam:PassedToService"]!).ShouldBe("ecs-tasks.amazonaws.com");
    }

    private static IEnumerable<Resource> Machines(Account account) => account.Of("AWS::StepFunctions::StateMachine")
        .Where(machine => machine.Text("StateMachineName") == Machine);

    private static JsonObject Definition(Account account)
    {
        var machine = Machines(account).ShouldHaveSingleItem();
        return JsonNode.Parse(machine.Properties["DefinitionSubstitutions"]!.AsObject().Aggregate(
            machine.Text("DefinitionString"),
            (text, value) => text.Replace("${" + value.Key + "}", (string)value.Value!, StringComparison.Ordinal)))!.AsObject();
    }

    private static JsonNode Overrides(Account account)
    {
        var parameters = Definition(account)["States"]!["Orchestrate"]!["Parameters"]!;
        return parameters["Overrides"]!["ContainerOverrides"]!.AsArray().ShouldHaveSingleItem()!;
    }

    private static IEnumerable<string> Names(JsonArray variables) => variables.Select(variable => (string)variable!["Name"]!);

    private static string Value(JsonNode container, string name) =>
        (string)container["Environment"]!.AsArray().Single(variable => (string)variable!["Name"]! == name)!["Value"]!;

    private static IEnumerable<string> Next(JsonNode state) =>
        new[] { (string?)state["Next"], (string?)state["Default"] }
            .Concat((state["Choices"] as JsonArray ?? []).Select(choice => (string?)choice!["Next"]))
            .Concat((state["Catch"] as JsonArray ?? []).Select(caught => (string?)caught!["Next"])).OfType<string>();

    private static IEnumerable<Allowed> On(string name, params string[] actions) => actions.Select(action => new Allowed(action, name));
}
