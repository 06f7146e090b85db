using MacroCausal.Deploy.Tests.Names;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>A service may do what it does, and nothing else.</summary>
[Trait("Category", "Slow")]
[Collection(OnTemplates.Name)]
public sealed class LeastPrivilegeTests(SynthesizedDeployments deployments)
{
    // The two services know no resource for these.
    private static readonly string[] WithoutResource = ["ecr:GetAuthorizationToken", "sns:Unsubscribe"];

    public static TheoryData<string> Services => [.. BusNames.Services.Select(service => service.Service)];

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_may_use_the_queues_and_topics_that_its_bus_uses_and_no_other(string service)
    {
        var names = BusNames.Service(service);
        var receives =
            names.Receives.SelectMany(queue => On(queue, "sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:ReceiveMessage",
                "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"));
        var sends = names.Sends.Concat(names.ErrorQueues).Concat(names.SkippedQueues)
            .SelectMany(queue => On(queue, "sqs:GetQueueUrl", "sqs:SendMessage"));
        var publishes = names.Publishes.SelectMany(topic => On(topic, "sns:CreateTopic", "sns:Publish"));
        var subscribes = names.Subscriptions.SelectMany(subscription => On(subscription.Topic, "sns:CreateTopic", "sns:Subscribe"));

        foreach (var account in new[] { deployments.Eks, deployments.Ecs })
        {
            Permissions.Of(account, service, "sqs", "sns").Distinct()
                .ShouldBe(receives.Concat(sends).Concat(publishes).Concat(subscribes).Distinct(), ignoreOrder: true);
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void A_service_may_subscribe_its_own_queues_only(string service)
    {
        var subscribing = Permissions.All(deployments.Eks)
            .Where(policy =>
                policy.Who == "macrocausal-" + service && Permissions.Texts(policy.Statement["Action"]).Contains("sns:Subscribe"));

        subscribing.Select(policy => ((string)policy.Statement["Condition"]!["StringEquals"]!["sns:Endpoint"]!).Split(':')[^1])
            .ShouldBe(BusNames.Service(service).Receives, ignoreOrder: true);
    }

    [Theory]
    [InlineData("data-prep", "s3:GetObject gold/*", "s3:PutObject runs/*/data/*", "s3:AbortMultipartUpload runs/*/data/*")]
    [InlineData("tuner", "dynamodb:GetItem macrocausal-studies", "dynamodb:PutItem macrocausal-studies",
        "dynamodb:Query macrocausal-studies",
        "dynamodb:Query macrocausal-studies/index/StudiesIndex")]
    [InlineData(
        "trial-runner", "s3:GetObject runs/*/data/*", "s3:GetObject runs/*/checkpoints/*", "s3:PutObject runs/*/checkpoints/*",
            "s3:AbortMultipartUpload runs/*/checkpoints/*",
        "s3:DeleteObject runs/*/checkpoints/*", "dynamodb:GetItem macrocausal-studies")]
    [InlineData(
        "registry", "s3:GetObject gold/*", "s3:GetObject runs/*/data/*", "s3:GetObject runs/*/checkpoints/*", "s3:GetObject models/*",
            "s3:PutObject models/*",
            "s3:AbortMultipartUpload models/*",
        "s3:DeleteObject runs/*/checkpoints/*", "dynamodb:GetItem macrocausal-studies", "dynamodb:Query macrocausal-studies",
            "dynamodb:Query macrocausal-models", "dynamodb:Query macrocausal-models/index/ExecutionIdIndex",
            "dynamodb:PutItem macrocausal-models")]
    public void A_service_may_touch_the_objects_and_records_of_its_own_part(string service, params string[] expected) => Permissions
        .Of(deployments.Eks, service, "s3", "dynamodb")
        .Where(permission => permission.Action != "s3:ListBucket")
        .Select(permission => $"{permission.Action} {permission.On.Split('/', 2)[1]}")
        .ShouldBe(expected, ignoreOrder: true);

    [Fact]
    public void No_action_is_a_pattern_and_no_resource_is_everything_but_where_AWS_knows_no_other()
    {
        foreach (var (who, statement) in Permissions.All(deployments.Eks).Concat(Permissions.All(deployments.Ecs)))
        {
            var permissions = Permissions.Expand(statement).Where(permission => !WithoutResource.Contains(permission.Action)).ToList();
            permissions.ShouldAllBe(permission => !permission.Action.Contains('*') && permission.On != "*", $"{who}: {statement}");
        }
    }

    [Fact]
    public void No_service_may_make_or_change_a_queue_a_table_or_a_bucket()
    {
        string[] reads = ["Get", "List", "Query", "Scan"];
        string[] works =
            ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "dynamodb:PutItem",
                "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"];

        BusNames.Services.SelectMany(service => Permissions.Of(deployments.Eks, service.Service, "sqs", "s3", "dynamodb"))
            .ShouldAllBe(permission => works.Contains(permission.Action)
                || reads.Any(verb => permission.Action.Split(':')[1].StartsWith(verb, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_key_serves_only_through_other_services_of_AWS() =>
        Permissions.All(deployments.Eks).Concat(Permissions.All(deployments.Ecs))
        .Where(policy => Permissions.Texts(policy.Statement["Action"]).Any(action => action.StartsWith("kms:", StringComparison.Ordinal)))
        .ShouldAllBe(policy => policy.Statement["Condition"]!["StringEquals"]!["kms:ViaService"] != null);

    private static IEnumerable<Allowed> On(string name, params string[] actions) => actions.Select(action => new Allowed(action, name));
}
