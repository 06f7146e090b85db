using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MacroCausal.Hosting.Tests;

public sealed class BusServiceCollectionExtensionsTests
{
    [Fact]
    public void Endpoints_are_named_in_kebab_case()
    {
        using var provider = new ServiceCollection().AddLogging().AddInMemoryBus(_ => { }).BuildServiceProvider();

        provider.GetRequiredService<IEndpointNameFormatter>().Consumer<RunTrialConsumer>().ShouldBe("run-trial");
    }

    [Fact]
    public void Start_waits_for_the_endpoints_and_stop_waits_for_as_long_as_it_is_told()
    {
        var services = new ServiceCollection().AddLogging().AddAmazonSqsBus(_ => { }, TimeSpan.FromSeconds(7));
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<MassTransitHostOptions>>().Value;

        options.WaitUntilStarted.ShouldBeTrue();
        options.StopTimeout.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Theory]
    [InlineData("eu-west-1", "eu-central-1", "eu-west-1")]
    [InlineData(null, "eu-central-1", "eu-central-1")]
    [InlineData(null, null, "us-east-1")]
    public void The_region_is_the_environment_s(string? region, string? defaultRegion, string expected) =>
        BusServiceCollectionExtensions.Region(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("AWS_REGION", region), KeyValuePair.Create("AWS_DEFAULT_REGION", defaultRegion)])
            .Build()).ShouldBe(expected);

    private sealed class RunTrialConsumer : IConsumer<RunTrial>
    {
        public Task Consume(ConsumeContext<RunTrial> context) => Task.CompletedTask;
    }
}
