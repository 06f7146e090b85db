using MacroCausal.Hosting;
using MacroCausal.Storage.Aws;
using MacroCausal.TrialRunner;
using MacroCausal.Tuner;
using Microsoft.Extensions.Configuration;

namespace MacroCausal.Deploy.Tests.Kubernetes;

/// <summary>The variables that a service reads, found by letting its own code read them and by the properties of its options.</summary>
internal static class ServiceSettings
{
    // What AWS, ASP.NET Core, OpenTelemetry and .NET read by themselves.
    private static readonly string[] Standard = ["AWS_", "ASPNETCORE_", "OTEL_", "DOTNET_"];

    private static readonly Dictionary<string, (string Section, Type Options)> Sections = new()
    {
        ["tuner"] = ("Tuner", typeof(TunerOptions)),
        ["trial-runner"] = ("TrialRunner", typeof(TrialRunnerOptions)),
    };

    public static IReadOnlyList<string> Of(string service) => [.. Shared(), .. Options(service)];

    public static bool IsStandard(string variable) => Standard.Any(prefix => variable.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The options of a service as an environment sets them; null where it has none.</summary>
    public static object? Bind(string service, IReadOnlyDictionary<string, string> environment)
    {
        if (!Sections.TryGetValue(service, out var known)) return null;
        var values = environment.ToDictionary(
            variable => variable.Key.Replace("__", ":", StringComparison.Ordinal),
            string? (variable) => variable.Value);
        return new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection(known.Section).Get(known.Options);
    }

    private static IEnumerable<string> Options(string service) =>
        Sections.TryGetValue(service, out var known) ? known.Options.GetProperties()
            .Select(property => $"{known.Section}__{property.Name}") : [];

    /// <summary>What ServiceDefaults and AddAwsStorage read in every service.</summary>
    private static HashSet<string> Shared()
    {
        var asked = new HashSet<string>();
        AwsStorageOptions.Read(name =>
        {
            asked.Add(name);
            return null;
        });
        PipelineOptions.Read(new ConfigurationBuilder().Add(new RecordingSource(asked)).Build());
        return asked;
    }

    private sealed class RecordingSource(HashSet<string> asked) : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override bool TryGet(string key, out string? value)
        {
            asked.Add(key);
            value = null;
            return false;
        }
    }
}
