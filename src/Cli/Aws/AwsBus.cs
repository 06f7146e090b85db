using MacroCausal.Cli.Progress;
using MacroCausal.Hosting.Bus;
using MacroCausal.Storage;
using MacroCausal.Storage.Aws;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Cli.Aws;

/// <summary>A process that only talks to the services on AWS, and has none of them.</summary>
internal static class AwsBus
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
}
