using System.Net;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MacroCausal.Hosting.Tests;

public sealed class ServiceDefaultsTests : IAsyncDisposable
{
    private readonly WebApplicationBuilder _builder = WebApplication.CreateSlimBuilder();
    private WebApplication? _service;

    public ValueTask DisposeAsync() => _service?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public void The_pipeline_s_options_are_read_from_the_configuration()
    {
        _builder.Configuration["GOLD_BUCKET"] = "gold";

        Build().Services.GetRequiredService<IOptions<PipelineOptions>>().Value.ShouldBe(new PipelineOptions { GoldBucket = "gold" });
    }

    [Fact]
    public void The_host_stops_within_the_time_that_the_bus_has()
    {
        Build().Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.ShouldBe(ServiceDefaults.StopTimeout);
    }

    [Fact]
    public void A_clock_that_was_registered_before_is_kept()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        _builder.Services.AddSingleton<TimeProvider>(time);

        Build().Services.GetRequiredService<TimeProvider>().ShouldBeSameAs(time);
    }

    [Fact]
    public async Task What_is_measured_is_served_under_its_meter_for_Prometheus()
    {
        using var http = await StartAsync();
        MacroCausalMetrics.Studies.Add(1, new KeyValuePair<string, object?>("outcome", "completed"));

        var metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        metrics.ShouldContain("macrocausal_studies_total{otel_scope_name=\"MacroCausal\",outcome=\"completed\"}");
        metrics.ShouldContain("service_name=\"macrocausal-tuner\"");
        metrics.ShouldContain("dotnet_gc_");
    }

    [Fact]
    public async Task A_service_that_is_not_ready_is_alive()
    {
        _builder.Services.AddHealthChecks().AddCheck("bus", () => HealthCheckResult.Unhealthy("not connected"), tags: ["ready"]);
        using var http = await StartAsync();

        (await StatusAsync(http, "/health/live")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(http, "/health/ready")).ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_check_of_another_kind_does_not_make_a_service_unready()
    {
        _builder.Services.AddHealthChecks().AddCheck("disk", () => HealthCheckResult.Unhealthy("full"), tags: ["other"]);
        using var http = await StartAsync();

        (await StatusAsync(http, "/health/ready")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_service_whose_bus_is_up_is_ready()
    {
        _builder.Services.AddInMemoryBus(_ => { });
        using var http = await StartAsync();

        (await StatusAsync(http, "/health/ready")).ShouldBe(HttpStatusCode.OK);
    }

    private WebApplication Build() => _service = _builder.AddServiceDefaults("tuner").Build();

    private async Task<HttpClient> StartAsync()
    {
        var service = Build().MapServiceEndpoints();
        service.Urls.Add("http://127.0.0.1:0");
        await service.StartAsync();
        return new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }
}
