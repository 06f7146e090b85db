using System.Diagnostics;
using MacroCausal.TestKit;

namespace MacroCausal.Bench.Startup;

/// <summary><c>macrocausal train</c> as a process of its own, watched from outside by what it leaves in its store.</summary>
internal static class TrainProcess
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    /// <summary>Starts it in an empty store and ends it when its first epoch is recorded.</summary>
    public static async Task<IReadOnlyList<PhaseEnd>> ToFirstEpochAsync(CancellationToken cancellationToken)
    {
        var store = Directory.CreateTempSubdirectory("macrocausal-bench-").FullName;
        try
        {
            return await WatchAsync(store, new StoreWatch(store), cancellationToken);
        }
        finally
        {
            Directory.Delete(store, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<PhaseEnd>> WatchAsync(string store, StoreWatch watch, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var process =
            Process.Start(new ProcessStartInfo(Executable(), ["train", "--store", store]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        try
        {
            List<PhaseEnd> ends = [];
            foreach (var (name, hasCome) in watch.Phases)
            {
                while (!hasCome())
                {
                    await WaitAsync(process, cancellationToken);
                }

                ends.Add(new PhaseEnd(name, Stopwatch.GetElapsedTime(started), ProcessorTime.Of(process.Id)));
            }

            return ends;
        }
        finally
        {
            process.Kill();
            await output;
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static Task WaitAsync(Process process, CancellationToken cancellationToken)
    {
        if (!process.HasExited) return Task.Delay(PollInterval, cancellationToken);
        var command = $"{Executable()} train";
        throw new InvalidOperationException($"'{command}' ended with {process.ExitCode} before its first epoch; run it by hand.");
    }

    private static string Executable()
    {
        var path =
            Path.Combine(RepositoryRoot.Path, "artifacts", "bin", "Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, "macrocausal");
        return File.Exists(path) ? path
            : throw new FileNotFoundException($"'{path}' is not there; build src/Cli in the configuration of the bench.");
    }
}

/// <summary>What had come about by when.</summary>
/// <param name="Name">What.</param>
/// <param name="Wall">Since the process was started.</param>
/// <param name="Processor">Processor time of the process until then.</param>
internal sealed record PhaseEnd(string Name, TimeSpan Wall, TimeSpan Processor);
