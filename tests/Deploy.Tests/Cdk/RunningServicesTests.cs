using MacroCausal.Deploy.Tests.Names;
using MacroCausal.TestKit.Emulators;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>The services start on what the template makes, as it is: they may make and change nothing in a real account.</summary>
[Trait("Category", "Slow")]
[Collection(OnTemplates.Name)]
public sealed class RunningServicesTests(SynthesizedDeployments deployments) : IDisposable
{
    private static readonly string[] Variables = ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    private readonly AwsEmulator _aws = AwsEmulator.Start();

    [Fact]
    public async Task The_services_find_every_queue_topic_and_subscription_as_they_want_it()
    {
        Set(_aws.Endpoint.ToString(), AwsEmulator.Region, AwsEmulator.Key, AwsEmulator.Key);
        using var account = new EmulatedAccount(_aws);
        await account.Deploy(deployments.Eks);
        var made = await account.Inventory();

        foreach (var service in ServiceBuses.All)
        {
            await StartAndStop(service);
        }

        made.Count.ShouldBeGreaterThan(BusNames.AllQueues.Count + BusNames.Topics.Count + BusNames.Subscriptions.Count);
        (await account.Inventory()).ShouldBe(made);
    }

    public void Dispose()
    {
        Set(null, null, null, null);
        _aws.Dispose();
    }

    private static async Task StartAndStop(ServiceBus service)
    {
        await using var provider = service.Services().BuildServiceProvider();
        var bus = provider.GetRequiredService<IBusControl>();
        await bus.StartAsync();
        await bus.StopAsync();
    }

    private static void Set(params string?[] values)
    {
        foreach (var (variable, value) in Variables.Zip(values))
        {
            Environment.SetEnvironmentVariable(variable, value);
        }
    }
}
