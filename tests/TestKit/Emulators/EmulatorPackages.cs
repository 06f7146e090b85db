using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MacroCausal.TestKit.Emulators;

/// <summary>The emulators' npm packages, installed once for each state of the lock file and of the scripts, whichever test process comes first.</summary>
internal static class EmulatorPackages
{
    private static readonly string[] Files = ["package.json", "package-lock.json", "start.mjs", "conditional-writes.mjs", "duplicate-messages.mjs"];

    /// <summary>The folder that holds <c>start.mjs</c> with all that it needs.</summary>
    public static string Install()
    {
        var source = Path.Combine(RepositoryRoot.Path, "tests", "TestKit", "Emulators");
        var hash = Hash(source);
        var folder = Path.Combine(RepositoryRoot.Path, "artifacts", "emulators", hash);
        var installed = Path.Combine(folder, "installed");

        // A mutex by name is shared by all processes of the machine.
        using var turn = new Mutex(initiallyOwned: false, $"Global\\macrocausal-emulators-{hash}");
        Wait(turn);
        try
        {
            if (File.Exists(installed)) return folder;
            Directory.CreateDirectory(folder);
            foreach (var file in Files) File.Copy(Path.Combine(source, file), Path.Combine(folder, file), overwrite: true);
            RunNpm(folder);
            File.WriteAllText(installed, "");
            return folder;
        }
        finally
        {
            turn.ReleaseMutex();
        }
    }

    /// <summary>The Node of the packages; the machine's own where npm has none for this platform (it must then be 22.5 or newer).</summary>
    public static string Node(string folder)
    {
        var system = OperatingSystem.IsLinux() ? "linux" : "other";
        var node = Path.Combine(folder, "node_modules", $"node-{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}", "bin", "node");
        return File.Exists(node) ? node : "node";
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

    private static string Hash(string source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files) hash.AppendData(File.ReadAllBytes(Path.Combine(source, file)));
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
        if (npm.ExitCode != 0) throw new InvalidOperationException($"'npm ci' in {folder} ended with {npm.ExitCode}; the emulators cannot start.\n{output.Result}\n{errors}");
    }
}
