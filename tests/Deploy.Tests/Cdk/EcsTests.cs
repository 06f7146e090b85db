using System.Text.Json.Nodes;
using MacroCausal.Deploy.Tests.Names;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>The services on ECS Fargate.</summary>
[Trait("Category", "Slow")]
[Collection(OnTemplates.Name)]
public sealed class EcsTests(SynthesizedDeployments deployments)
{
    private IReadOnlyList<Resource> Services => deployments.Ecs.Of("AWS::ECS::Service");

    private IReadOnlyList<JsonNode> Containers =>
        [.. deployments.Ecs.Of("AWS::ECS::TaskDefinition")
            .Select(task => task.Properties["ContainerDefinitions"]!.AsArray().ShouldHaveSingleItem()!)];

    [Fact]
    public void Every_service_runs_and_only_where_ECS_is_asked_for()
    {
        Services.Select(service => service.Text("ServiceName"))
            .ShouldBe(BusNames.Services.Select(service => service.Service), ignoreOrder: true);
        deployments.Eks.Of("AWS::ECS::Service").ShouldBeEmpty();
    }

    [Fact]
    public void A_container_has_no_rights_nothing_to_write_but_its_temporary_folder_and_its_health_is_asked_for()
    {
        foreach (var container in Containers)
        {
            ((string)container["User"]!).ShouldBe("1654");
            ((bool)container["ReadonlyRootFilesystem"]!).ShouldBeTrue();
            ((string)container["MountPoints"]!.AsArray().ShouldHaveSingleItem()!["ContainerPath"]!).ShouldBe("/tmp");
            container["Privileged"].ShouldBeNull();
            if ((string)container["Name"]! == "orchestrator") continue;
            container["HealthCheck"]!["Command"]!.AsArray().Select(part => (string)part!).ShouldBe(["CMD", "/app/service", "--health"]);
        }
    }

    [Fact]
    public void Images_come_from_the_parameters() => Containers.Select(container => (string)container["Image"]!)
        .ShouldBe(
            BusNames.Services.Select(service => service.Service).Append("orchestrator").Select(name => $"ImageRepository/{name}:ImageTag"),
            ignoreOrder: true);

    [Fact]
    public void A_bucket_that_is_there_is_used_with_its_key_and_left_as_it_is()
    {
        deployments.Ecs.Of("AWS::S3::Bucket").ShouldHaveSingleItem();
        Permissions.Of(deployments.Ecs, "data-prep", "s3").ShouldContain(new Allowed("s3:GetObject", "my-gold/gold/*"));
        Permissions.Of(deployments.Ecs, "data-prep", "kms").ShouldContain(new Allowed("kms:Decrypt", "key/mine"));
        Permissions.Of(deployments.Ecs, "tuner", "kms").ShouldNotContain(new Allowed("kms:Decrypt", "key/mine"));
    }

    [Fact]
    public void Services_are_told_the_names_of_what_was_made()
    {
        var artifacts = deployments.Ecs.Of("AWS::S3::Bucket").Single().Id;
        foreach (var container in Containers)
        {
            var environment = container["Environment"]!.AsArray()
                .ToDictionary(variable => (string)variable!["Name"]!, variable => (string)variable!["Value"]!);
            environment["GOLD_BUCKET"].ShouldBe("my-gold");
            environment["ARTIFACTS_BUCKET"].ShouldBe(artifacts);
            environment["MODEL_REGISTRY_TABLE"].ShouldBe("macrocausal-models");
            environment["STUDY_TABLE"].ShouldBe("macrocausal-studies");
            environment["AWS_REGION"].ShouldBe(References.Region);
        }
    }

    [Fact]
    public void A_deployment_that_fails_is_taken_back_and_tasks_are_in_two_zones_without_a_public_address()
    {
        foreach (var service in Services)
        {
            var breaker = service.Properties["DeploymentConfiguration"]!["DeploymentCircuitBreaker"]!;
            ((bool)breaker["Enable"]! && (bool)breaker["Rollback"]!).ShouldBeTrue();
            var network = service.Properties["NetworkConfiguration"]!["AwsvpcConfiguration"]!;
            ((string)network["AssignPublicIp"]!).ShouldBe("DISABLED");
            network["Subnets"]!.AsArray().Count.ShouldBe(2);
        }

        deployments.Ecs.Of("AWS::EC2::Subnet").Select(subnet => subnet.Properties["AvailabilityZone"]!.ToJsonString()).Distinct().Count()
            .ShouldBe(2);
    }

    [Fact]
    public void Nothing_comes_in_and_only_HTTPS_goes_out()
    {
        var group = deployments.Ecs.Of("AWS::EC2::SecurityGroup").ShouldHaveSingleItem();

        group.Properties["SecurityGroupIngress"].ShouldBeNull();
        ((int)group.Properties["SecurityGroupEgress"]!.AsArray().ShouldHaveSingleItem()!["ToPort"]!).ShouldBe(443);
        deployments.Ecs.Of("AWS::EC2::VPCEndpoint").Count.ShouldBe(2);
    }

    [Fact]
    public void Runners_are_none_without_segments_and_one_more_power_of_two_as_segments_come()
    {
        var steps = deployments.Ecs.Of("AWS::ApplicationAutoScaling::ScalingPolicy")
            .SelectMany(policy => policy.Properties["StepScalingPolicyConfiguration"]!["StepAdjustments"]!.AsArray());

        steps.Select(step => (int)step!["ScalingAdjustment"]!).ShouldBe([0, 1, 2, 4, 8, 16, 20]);
        var target = deployments.Ecs.Of("AWS::ApplicationAutoScaling::ScalableTarget").ShouldHaveSingleItem();
        ((int)target.Properties["MinCapacity"]!).ShouldBe(0);
        ((int)target.Properties["MaxCapacity"]!).ShouldBe(20);

        // A queue that nobody has used for hours has no figures, and the sum of nothing and something is nothing.
        var sums = deployments.Ecs.Of("AWS::CloudWatch::Alarm")
            .SelectMany(alarm => alarm.Properties["Metrics"]?.AsArray().Select(metric => (string?)metric!["Expression"]) ?? [])
            .OfType<string>().Where(expression => expression.EndsWith("FILL(held, 0)", StringComparison.Ordinal)).ToList();
        sums.ShouldNotBeEmpty();
        sums.ShouldAllBe(expression => expression == "FILL(waiting, 0) + FILL(held, 0)");
    }
}
