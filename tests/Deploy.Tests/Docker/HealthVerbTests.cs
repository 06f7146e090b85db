using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace MacroCausal.Deploy.Tests.Docker;

/// <summary>What the images' HEALTHCHECK runs, beside something that answers as a service would, or does not.</summary>
[Trait("Category", "Slow")]
public sealed class HealthVerbTests
{
    [Theory]
    [InlineData(HttpStatusCode.OK, 0)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 1)]
    public async Task Its_exit_code_is_the_answer_of_the_service_beside_it(HttpStatusCode answer, int exitCode)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var service = builder.Build();
        service.MapGet("/health/live", () => Results.StatusCode((int)answer));
        await service.StartAsync();
        (await AskAsync($"http://+:{new Uri(service.Urls.Single()).Port};http://localhost:1")).ShouldBe(exitCode);
    }

    [Fact]
    public async Task It_fails_where_nobody_answers() => (await AskAsync("http://127.0.0.1:1")).ShouldBe(1);

    private static async Task<int> AskAsync(string urls)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.Combine(AppContext.BaseDirectory, "..", "..", "Tuner", configuration, "MacroCausal.Tuner");
        var start = new ProcessStartInfo(Path.GetFullPath(program), ["--health"]) { RedirectStandardError = true };
        start.Environment["ASPNETCORE_URLS"] = urls;
        using var process = Process.Start(start)!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
