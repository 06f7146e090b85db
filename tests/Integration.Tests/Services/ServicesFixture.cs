using MacroCausal.TestKit;

namespace MacroCausal.Integration.Tests.Services;

/// <summary>The four services on emulators, started once for the tests that only use them.</summary>
public sealed class ServicesFixture : IAsyncLifetime
{
    /// <summary>The processes of a cluster, each once.</summary>
    internal static readonly IReadOnlyList<string> Services = ["DataPrep", "Tuner", "TrialRunner", "Registry"];

    internal LocalAws Aws { get; private set; } = null!;

    internal Cluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Aws = await LocalAws.StartAsync();
        Cluster = await Cluster.StartAsync(Aws, Services);
    }

    public async Task DisposeAsync()
    {
        await Cluster.DisposeAsync();
        Aws.Dispose();
    }

    /// <summary>A gold table: the real one where there is one, else the sample.</summary>
    internal static async Task<string> GoldAsync(TemporaryDirectory directory) => RepositoryRoot.GoldTable ?? await SampleAsync(directory);

    /// <summary>The sample as a gold table, which is small.</summary>
    internal static async Task<string> SampleAsync(TemporaryDirectory directory)
    {
        var path = Path.Combine(directory.Path, "sample.parquet");
        var written = await MacroCausalProcess.RunAsync("sample", "--out", path);
        written.ExitCode.ShouldBe(0, written.Errors);
        return path;
    }
}

/// <summary>Test classes that take turns at the same services.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServices : ICollectionFixture<ServicesFixture>
{
    public const string Name = "services";
}
