using MacroCausal.Hosting.Telemetry;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Hosting.Bus;

/// <summary>The bus of the cluster: SQS queues and SNS topics.</summary>
public static class AmazonSqsBus
{
    private const string DefaultRegion = "us-east-1";

    /// <summary>
    /// Adds a bus over SQS and SNS. Region, credentials and endpoints come the standard way of the AWS SDK (<c>AWS_REGION</c>, <c>AWS_ENDPOINT_URL</c>, web identity).
    /// Queues, topics and subscriptions that are missing are made at the start.
    /// </summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="consumers">Registers the service's consumers and sagas.</param>
    /// <param name="stopTimeout">Longest wait for messages in hand when the process stops.</param>
    public static IServiceCollection AddAmazonSqsBus(this IServiceCollection services, Action<IBusRegistrationConfigurator> consumers, TimeSpan stopTimeout) =>
        services.AddBus(
            bus =>
            {
                consumers(bus);
                bus.UsingAmazonSqs((context, sqs) =>
                {
                    sqs.Host(Region(context.GetRequiredService<IConfiguration>()), _ => { });
                    sqs.UseConsumeFilter(typeof(StudyScopeFilter<>), context);
                    sqs.ConfigureEndpoints(context);
                });
            },
            stopTimeout);

    private static string Region(IConfiguration environment) =>
        environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? DefaultRegion;
}
