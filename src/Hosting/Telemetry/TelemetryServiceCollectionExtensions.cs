using MassTransit.Logging;
using MassTransit.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MacroCausal.Hosting.Telemetry;

/// <summary>Traces across the hops, and metrics: to a Prometheus endpoint, and through OTLP where an endpoint for it is set.</summary>
public static class TelemetryServiceCollectionExtensions
{
    /// <summary>Adds them. OTLP is on where the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, string service, bool useOtlp)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("macrocausal-" + service))
            .WithTracing(traces => traces.AddSource(DiagnosticHeaders.DefaultListenerName))
            .WithMetrics(metrics => metrics
                .AddMeter(MacroCausalMetrics.MeterName)
                .AddMeter(InstrumentationOptions.MeterName)
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        if (useOtlp)
        {
            telemetry.UseOtlpExporter();
        }

        return services;
    }
}
