using MacroCausal.Hosting.Settings;
using MacroCausal.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MacroCausal.Hosting.Services;

/// <summary>What every service process has: the environment's settings, JSON logs, telemetry, health and metrics endpoints, a quick stop.</summary>
public static class ServiceDefaults
{
    /// <summary>Longest stop: within it messages in hand are finished or handed back.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(9);

    /// <summary>Adds them to a service of that name.</summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string service)
    {
        builder.Logging.ClearProviders().AddJsonConsole(console =>
        {
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "O";
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.Services.AddPipelineEnvironment();
        builder.Services.AddTelemetry(service, useOtlp: builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 });
        builder.Services.AddHealthChecks();
        return builder;
    }

    /// <summary>
    /// Serves <c>/health/live</c> (the process answers), <c>/health/ready</c> (the bus is connected and its endpoints are up) and <c>/metrics</c> (Prometheus) on the
    /// addresses of <c>ASPNETCORE_URLS</c>, and runs until it is told to stop. Started with <c>--health</c> alone, it asks the service beside it for <c>/health/live</c> instead,
    /// and the exit code is the answer.
    /// </summary>
    public static async Task RunServiceAsync(this WebApplicationBuilder builder)
    {
        if (HealthProbe.IsAsked(Environment.GetCommandLineArgs()))
        {
            Environment.ExitCode = await HealthProbe.RunAsync(builder.Configuration).ConfigureAwait(false);
            return;
        }

        var service = builder.Build();
        service.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        service.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
        service.MapPrometheusScrapingEndpoint("/metrics");
        await service.RunAsync().ConfigureAwait(false);
    }
}
