using Microsoft.Extensions.Configuration;

namespace MacroCausal.Hosting;

/// <summary>
/// What a container engine runs beside the service where nothing else in the image could ask: <c>MacroCausal.Tuner --health</c>
/// ends with 0 where the service of the same environment answers <c>/health/live</c>, with 1 where it does not.
/// </summary>
internal static class HealthProbe
{
    private const string DefaultUrl = "http://localhost:5000";

    /// <summary>Maximum wait for the answer where no container engine ends this process sooner, as it does after 5 seconds.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether this process was started to ask, not to serve. The command line alone decides: an environment variable could be there
    /// by accident.
    /// </summary>
    public static bool IsRequested(IReadOnlyList<string> commandLine) => commandLine is [_, "--health"];

    /// <summary>Asks, says why where the answer is bad, and returns the exit code.</summary>
    public static async Task<int> RunAsync(IConfiguration configuration, TextWriter error, TimeSpan timeout)
    {
        var address = Address(configuration["urls"]);
        try
        {
            using var http = new HttpClient { Timeout = timeout };
            using var answer = await http.GetAsync(address);
            answer.EnsureSuccessStatusCode();
            return 0;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            await error.WriteLineAsync($"{address} does not answer: {exception.Message}");
            return 1;
        }
    }

    /// <summary>The first address that the service listens on, by way of this machine where it listens on every interface.</summary>
    internal static Uri Address(string? urls)
    {
        var url = urls is { Length: > 0 } ? urls.Split(';')[0] : DefaultUrl;
        var here = url.Replace("//+", "//localhost", StringComparison.Ordinal)
            .Replace("//*", "//localhost", StringComparison.Ordinal)
            .Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal)
            .Replace("//[::]", "//localhost", StringComparison.Ordinal);
        return new Uri(new Uri(here), "/health/live");
    }
}
