using MassTransit.Logging;
using MassTransit.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MacroCausal.Hosting;

/// <summary>What every service has: the pipeline's options, JSON logs, telemetry, health and metrics endpoints, a quick stop.</summary>
public static class ServiceDefaults
{
    /// <summary>Maximum time of a stop, 9 seconds: within it running segments are finished or released.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(9);

    /// <summary>Adds them. Metrics and traces are named <c>macrocausal-{service}</c>.</summary>
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
        builder.Services.AddSingleton(provider => Options.Create(PipelineOptions.Read(provider.GetRequiredService<IConfiguration>())));
        builder.Services.AddTelemetry(service, useOtlp: builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 });
        builder.Services.AddHealthChecks();
        return builder;
    }

    /// <summary>
    /// Serves <c>/health/live</c> (the process answers), <c>/health/ready</c> (the bus is connected and its endpoints are up) and
    /// <c>/metrics</c> (Prometheus) on the addresses of <c>ASPNETCORE_URLS</c>, and runs until it is told to stop. Started with
    /// <c>--health</c> alone, it asks the service beside it for <c>/health/live</c> instead, and the exit code is the answer.
    /// </summary>
    public static async Task RunServiceAsync(this WebApplicationBuilder builder)
    {
        if (HealthProbe.IsRequested(Environment.GetCommandLineArgs()))
        {
            Environment.ExitCode = await HealthProbe.RunAsync(builder.Configuration, Console.Error, HealthProbe.DefaultTimeout);
            return;
        }

        await builder.Build().MapServiceEndpoints().RunAsync();
    }

    internal static WebApplication MapServiceEndpoints(this WebApplication service)
    {
        service.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        service.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
        service.MapPrometheusScrapingEndpoint("/metrics");
        return service;
    }

    /// <summary>Traces across services, and metrics: to a Prometheus endpoint, and through OTLP where an endpoint for it is set.</summary>
    private static void AddTelemetry(this IServiceCollection services, string service, bool useOtlp)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("macrocausal-" + service))
            .WithTracing(traces => traces.AddSource(DiagnosticHeaders.DefaultListenerName))
            .WithMetrics(metrics => metrics
                .AddMeter(MacroCausalMetrics.MeterName + "*")
                .AddMeter(InstrumentationOptions.MeterName)
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        if (useOtlp)
        {
            telemetry.UseOtlpExporter();
        }
    }
}
