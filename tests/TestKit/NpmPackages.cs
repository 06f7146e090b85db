using System.Diagnostics;
using System.Security.Cryptography;

namespace MacroCausal.TestKit;

/// <summary>
/// npm packages that tests need, installed once for each state of their lock file and of the scripts beside it, whichever test process
/// comes first.
/// </summary>
public static class NpmPackages
{
    /// <summary>
    /// Installs the packages of a folder of this repository, and returns the folder that holds them with a copy of the folder's
    /// <c>.json</c> and <c>.mjs</c> files.
    /// </summary>
    /// <param name="source">The folder that holds <c>package.json</c> and <c>package-lock.json</c>.</param>
    /// <param name="name">What the packages are for: a folder of that name under <c>artifacts</c>.</param>
    public static string Install(string source, string name)
    {
        var sources = Directory.GetFiles(source).Where(file => Path.GetExtension(file) is ".json" or ".mjs");
        string[] files = [.. sources.Order(StringComparer.Ordinal)];
        var hash = Hash(files);
        var folder = Path.Combine(RepositoryRoot.Path, "artifacts", name, hash);
        var installed = Path.Combine(folder, "installed");

        // A mutex by name is shared by all processes of the machine.
        using var turn = new Mutex(initiallyOwned: false, $"Global\\macrocausal-{name}-{hash}");
        Wait(turn);
        try
        {
            if (File.Exists(installed)) return folder;
            Directory.CreateDirectory(folder);
            foreach (var file in files) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            RunNpm(folder);
            File.WriteAllText(installed, "");
            return folder;
        }
        finally
        {
            turn.ReleaseMutex();
        }
    }

    private static void Wait(Mutex turn)
    {
        try
        {
            turn.WaitOne();
        }
        catch (AbandonedMutexException)
        {
            // Its process was killed in the middle; the turn is ours, and what was not finished is done again.
        }
    }

    private static string Hash(IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files) hash.AppendData(File.ReadAllBytes(file));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static void RunNpm(string folder)
    {
        var start = new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var npm = Process.Start(start)!;
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEnd();
        npm.WaitForExit();
        if (npm.ExitCode == 0) return;
        throw new InvalidOperationException($"'npm ci' in {folder} ended with {npm.ExitCode}.\n{output.Result}\n{errors}");
    }
}
