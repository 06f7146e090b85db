using System.Runtime.InteropServices;

namespace MacroCausal.TestKit.Emulators;

/// <summary>The emulators' npm packages.</summary>
internal static class EmulatorPackages
{
    /// <summary>The folder that holds <c>start.mjs</c> with all that it needs.</summary>
    public static string Install() => NpmPackages.Install(Path.Combine(RepositoryRoot.Path, "tests", "TestKit", "Emulators"), "emulators");

    /// <summary>The Node of the packages; the machine's own where npm has none for this platform (it must then be 22.5 or newer).</summary>
    public static string Node(string folder)
    {
        var system = OperatingSystem.IsLinux() ? "linux" : "other";
        var architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        var node = Path.Combine(folder, "node_modules", $"node-{system}-{architecture}", "bin", "node");
        return File.Exists(node) ? node : "node";
    }
}
