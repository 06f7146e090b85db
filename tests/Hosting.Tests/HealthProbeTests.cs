using MacroCausal.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace MacroCausal.Hosting.Tests;

public sealed class HealthProbeTests
{
    [Theory]
    [InlineData(true, "MacroCausal.Tuner", "--health")]
    [InlineData(false, "MacroCausal.Tuner")]
    [InlineData(false, "MacroCausal.Tuner", "--health", "now")]
    [InlineData(false, "MacroCausal.Tuner", "--urls", "--health")]
    public void Only_the_word_alone_asks_for_a_probe(bool isRequested, params string[] commandLine) =>
        HealthProbe.IsRequested(commandLine).ShouldBe(isRequested);

    [Theory]
    [InlineData(null, "http://localhost:5000/health/live")]
    [InlineData("", "http://localhost:5000/health/live")]
    [InlineData("http://127.0.0.1:81", "http://127.0.0.1:81/health/live")]
    [InlineData("http://+:8080", "http://localhost:8080/health/live")]
    [InlineData("http://*:8080;http://+:9090", "http://localhost:8080/health/live")]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:8080/health/live")]
    [InlineData("http://[::]:8080", "http://localhost:8080/health/live")]
    public void It_asks_the_first_address_that_the_service_listens_on(string? urls, string address) =>
        HealthProbe.Address(urls).ShouldBe(new Uri(address));

    [Theory]
    [InlineData(200, 0)]
    [InlineData(503, 1)]
    public async Task The_answer_is_the_exit_code(int status, int exitCode)
    {
        await using var service = WebApplication.CreateSlimBuilder().Build();
        service.Urls.Add("http://127.0.0.1:0");
        service.MapGet("/health/live", () => Results.StatusCode(status));
        await service.StartAsync();
        var error = new StringWriter();

        (await HealthProbe.RunAsync(Configuration(service.Urls.Single()), error, Patience.Limit)).ShouldBe(exitCode);

        error.ToString().Contains("does not answer", StringComparison.Ordinal).ShouldBe(exitCode == 1);
    }

    [Fact]
    public async Task Nobody_there_is_said_with_the_address()
    {
        var error = new StringWriter();

        // Port 1 is reserved, and nothing listens on it.
        (await HealthProbe.RunAsync(Configuration("http://127.0.0.1:1"), error, Patience.Limit)).ShouldBe(1);

        error.ToString().ShouldStartWith("http://127.0.0.1:1/health/live does not answer: ");
    }

    private static IConfigurationRoot Configuration(string urls) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("urls", (string?)urls)]).Build();
}
