using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Builds the front end of a folder with npm: packages by the lock file where that has changed since they were installed, then
/// <c>npm run build</c>. Builds that run at the same time, of other configurations or other processes, wait for each other.
/// </summary>
public sealed class BuildWeb : Task
{
    private static readonly string[] Entries = { "report", "dashboard" };

    /// <summary>The folder that holds <c>package.json</c> and <c>package-lock.json</c>.</summary>
    [Required]
    public string Source { get; set; } = "";

    /// <summary>The folder that takes the built files.</summary>
    [Required]
    public string Destination { get; set; } = "";

    /// <summary>Everything that the built files depend on.</summary>
    [Required]
    public ITaskItem[] Inputs { get; set; } = Array.Empty<ITaskItem>();

    /// <summary>False where the front end could not be built; one error says why.</summary>
    public override bool Execute()
    {
        // A mutex by name is shared by all processes of the machine.
        using (var turn = new Mutex(false, "Global\\macrocausal-web-" + Hash(Encoding.UTF8.GetBytes(Source)).Substring(0, 16)))
        {
            Wait(turn);
            try
            {
                Directory.CreateDirectory(Destination);
                return IsBuilt() || (HasPackages() && Run("run", "build") && Remember("built", Inputs.Select(input => input.ItemSpec)));
            }
            finally
            {
                turn.ReleaseMutex();
            }
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

    // Another build may have done it while this one waited, or a file was only touched.
    private bool IsBuilt()
    {
        var files = Entries.SelectMany(entry => new[] { entry + ".js", entry + ".css" })
            .Select(name => Path.Combine(Destination, name)).ToArray();
        if (!files.All(File.Exists) || !IsRemembered("built", Inputs.Select(input => input.ItemSpec))) return false;
        foreach (var file in files)
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow);
        }

        return true;
    }

    private bool HasPackages()
    {
        var files = new[] { Path.Combine(Source, "package.json"), Path.Combine(Source, "package-lock.json") };
        return (Directory.Exists(Path.Combine(Source, "node_modules")) && IsRemembered("packages", files))
            || (Run("ci", "--ignore-scripts", "--no-audit", "--no-fund") && Remember("packages", files));
    }

    private bool Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("npm", string.Join(" ", arguments))
        {
            WorkingDirectory = Source,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.EnvironmentVariables["WEB_BUNDLE"] = Destination;
        try
        {
            Log.LogMessage(MessageImportance.High, "  front end: npm {0}", start.Arguments);
            using (var npm = Process.Start(start))
            {
                var output = npm.StandardOutput.ReadToEndAsync();
                var errors = npm.StandardError.ReadToEnd();
                npm.WaitForExit();
                if (npm.ExitCode == 0) return true;
                Log.LogError("'npm {0}' in {1} ended with {2}: {3}", start.Arguments, Source, npm.ExitCode,
                    Last(errors.Trim().Length > 0 ? errors : output.Result));
                return false;
            }
        }
        catch (Win32Exception)
        {
            Log.LogError("The front end, {0}, is built with npm, and there is none on the search path: install Node 20 or newer, "
                + "or name a folder with a front end that was built elsewhere with -p:WebBundle=DIR.", Source);
            return false;
        }
    }

    private static string Last(string text) => text.Trim().Length <= 2000 ? text.Trim() : text.Trim().Substring(text.Trim().Length - 2000);

    private bool IsRemembered(string what, System.Collections.Generic.IEnumerable<string> files) =>
        File.Exists(Note(what)) && File.ReadAllText(Note(what)) == HashOf(files);

    private bool Remember(string what, System.Collections.Generic.IEnumerable<string> files)
    {
        File.WriteAllText(Note(what), HashOf(files));
        return true;
    }

    private string Note(string what) => Path.Combine(Destination, what + ".sha256");

    private static string HashOf(System.Collections.Generic.IEnumerable<string> files) =>
        Hash(files.OrderBy(file => file, StringComparer.Ordinal).SelectMany(File.ReadAllBytes).ToArray());

    private static string Hash(byte[] content)
    {
        using (var sha256 = SHA256.Create())
        {
            return string.Concat(sha256.ComputeHash(content).Select(value => value.ToString("x2")));
        }
    }
}
