using MacroCausal.Cdk;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>Settings are checked before anything is made of them.</summary>
public sealed class DeploymentSettingsTests
{
    [Fact]
    public void Without_settings_a_deployment_is_for_EKS_with_buckets_of_its_own()
    {
        var settings = DeploymentSettings.Read(_ => null);

        settings.ShouldBe(new DeploymentSettings { SubnetIds = settings.SubnetIds, AvailabilityZones = settings.AvailabilityZones });
        settings.Compute.ShouldBe(ComputeKind.Eks);
        settings.GoldBucket.ShouldBeNull();
    }

    [Theory]
    [InlineData("compute", "lambda", "eks or ecs")]
    [InlineData("compute", "7", "eks or ecs")]
    [InlineData("logDays", "0", "whole number above 0")]
    [InlineData("maxTrialRunners", "many", "whole number above 0")]
    [InlineData("vpcId", "vpc-1", "subnetIds")]
    public void A_value_that_makes_no_sense_is_named_with_what_would(string key, string value, string remedy)
    {
        var error = Should.Throw<ArgumentException>(() => DeploymentSettings.Read(asked => asked == key ? value : null));

        error.Message.ShouldContain(key);
        error.Message.ShouldContain(value);
        error.Message.ShouldContain(remedy);
    }

    [Theory]
    [InlineData("computer=ecs")]
    [InlineData("ecs")]
    [InlineData("")]
    public void An_argument_that_is_no_setting_is_refused(string argument) =>
        Should.Throw<ArgumentException>(() => DeploymentSettings.Context([argument])).Message.ShouldContain("key=value");
}
