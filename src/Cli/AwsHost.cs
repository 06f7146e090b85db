using MacroCausal.Cli.Progress;
using MacroCausal.Hosting;
using MacroCausal.Storage;
using MacroCausal.Storage.Aws;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Cli;

/// <summary>A process that only talks to the services on AWS, and has none of them.</summary>
internal static class AwsHost
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Builds the host: the bus, the stores, and a temporary queue for the watch where there is one.</summary>
    public static IHost Build(StudyWatch? watch)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddEnvironmentVariables();
        QuietLogging.AddTo(builder.Logging);
        builder.Services.AddSingleton(TimeProvider.System).AddAwsStorage(AwsStorageOptions.Read(name => builder.Configuration[name]));
        builder.Services.AddAmazonSqsBus(
            bus =>
            {
                if (watch is not null)
                {
                    builder.Services.AddSingleton(watch);
                    bus.AddConsumer<StudyWatchConsumer, StudyWatchDefinition>();
                }
            },
            StopTimeout);
        return builder.Build();
    }

    /// <summary>Starts the host, sends one message to the queue of a service, and stops the host.</summary>
    public static async Task SendOnceAsync<T>(IHost host, string queue, T message, CancellationToken cancellationToken)
        where T : class
    {
        await host.StartAsync(cancellationToken);
        await host.SendAsync(queue, message, cancellationToken);
        await host.StopAsync(CancellationToken.None);
    }

    /// <summary>Sends a message to the queue of a service; the host is started.</summary>
    public static async Task SendAsync<T>(this IHost host, string queue, T message, CancellationToken cancellationToken)
        where T : class
    {
        var endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(QueueNames.Address(queue));
        await endpoint.Send(message, cancellationToken);
    }
}
