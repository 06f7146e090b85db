using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Hosting;

/// <summary>The two buses: SQS and SNS for the cluster, memory for one process.</summary>
public static class BusServiceCollectionExtensions
{
    private const string DefaultRegion = "us-east-1";
    private static readonly TimeSpan InMemoryStopTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Adds a bus over SQS and SNS. Region, credentials and endpoints come the standard way of the AWS SDK (<c>AWS_REGION</c>,
    /// <c>AWS_ENDPOINT_URL</c>, web identity); without a region it is us-east-1. Missing queues, topics and subscriptions are made at the
    /// start.
    /// </summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="consumers">Registers the service's consumers and sagas.</param>
    /// <param name="stopTimeout">Maximum wait for running consumers when the process stops.</param>
    public static IServiceCollection AddAmazonSqsBus(
        this IServiceCollection services, Action<IBusRegistrationConfigurator> consumers, TimeSpan stopTimeout) =>
        services.AddBus(
            bus =>
            {
                consumers(bus);
                bus.UsingAmazonSqs((context, sqs) =>
                {
                    sqs.Host(Region(context.GetRequiredService<IConfiguration>()), _ => { });
                    sqs.UseConsumeFilter(typeof(StudyScopeFilter<>), context);
                    sqs.ConfigureSend(send => send.UseExecute(GroupByStudy));
                    sqs.ConfigureEndpoints(context);
                });
            },
            stopTimeout);

    /// <summary>Adds an in-memory bus: every service in this process, nothing outside it.</summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="consumers">Registers the services' consumers and sagas.</param>
    public static IServiceCollection AddInMemoryBus(this IServiceCollection services, Action<IBusRegistrationConfigurator> consumers) =>
        services.AddBus(
            bus =>
            {
                consumers(bus);
                bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
            },
            InMemoryStopTimeout);

    // SQS serves the studies' segments fairly; a study and its folds are one.
    private static void GroupByStudy(SendContext context)
    {
        if (context is SendContext<RunTrial> { Message.ExecutionId: { } executionId })
        {
            context.TrySetGroupId(ExecutionIds.StudyId(WalkForwardFold.StudyOf(executionId) ?? executionId).ToString("N"));
        }
    }

    internal static string Region(IConfiguration environment) =>
        environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? DefaultRegion;

    /// <summary>Endpoints are named in kebab-case; start waits until all of them are ready, stop waits for running consumers.</summary>
    private static IServiceCollection AddBus(
        this IServiceCollection services, Action<IBusRegistrationConfigurator> configure, TimeSpan stopTimeout)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            configure(bus);
        });
        services.AddOptions<MassTransitHostOptions>().Configure(options =>
        {
            options.WaitUntilStarted = true;
            options.StopTimeout = stopTimeout;
        });
        return services;
    }
}
