using System.Diagnostics;

namespace MacroCausal.Bench.Training;

/// <summary>A way to train a list of trials: some processes, each with some threads.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Trainer"><c>baseline</c>, <c>cpu</c> or <c>pytorch</c>.</param>
/// <param name="Processes">Processes, which share the list evenly.</param>
/// <param name="Threads">Threads of each.</param>
internal sealed record Contestant(string Name, string Trainer, int Processes, int Threads)
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Training", "baseline.py");

    private static readonly Lazy<(string Python, string Version)?> PyTorch = new(FindPyTorch);

    /// <summary>
    /// Seconds from the start signal until the last process is done; none counts its start-up. The list is trained
    /// <paramref name="repeat"/> times, the seconds are those of one.
    /// </summary>
    public double Race(string folder, int repeat = 1)
    {
        var processes = Enumerable.Range(0, Processes).Select(part => Start(folder, part, repeat)).ToList();
        try
        {
            processes.ForEach(process => Await(process, "ready"));
            var started = Stopwatch.GetTimestamp();
            processes.ForEach(process => process.StandardInput.WriteLine());
            processes.ForEach(process => Await(process, "done"));
            return Stopwatch.GetElapsedTime(started).TotalSeconds / repeat;
        }
        finally
        {
            foreach (var process in processes)
            {
                process.Kill();
                process.Dispose();
            }
        }
    }

    /// <summary>
    /// What the tables call the PyTorch of this machine; null where there is none. One of the first major version is marked as old:
    /// TorchSharp has the library of a later one.
    /// </summary>
    public static string? PyTorchName => PyTorch.Value is not { Version: var version }
        ? null
        : version.StartsWith("1.", StringComparison.Ordinal) ? $"PyTorch {version} (old)" : $"PyTorch {version}";

    private static (string Python, string Version)? FindPyTorch()
    {
        foreach (var python in new[] { "python3", "/usr/bin/python3" })
        {
            if (TorchVersion(python) is { } version) return (python, version);
        }

        return null;
    }

    private static string? TorchVersion(string python)
    {
        try
        {
            var start = new ProcessStartInfo(python, "-c \"import torch, numpy; print(torch.__version__)\"")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var version = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? version : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private Process Start(string folder, int part, int repeat)
    {
        string[] own = [folder, Trainer, $"{Threads}", $"{part}", $"{Processes}", $"{repeat}"];
        var start = Trainer == "pytorch"
            ? new ProcessStartInfo(PyTorch.Value!.Value.Python, [Script, .. own])
            : new ProcessStartInfo(Environment.ProcessPath!, ["training-part", .. own]);
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        return Process.Start(start)!;
    }

    private void Await(Process process, string word)
    {
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(word, StringComparison.Ordinal)) return;
        }

        throw new InvalidOperationException($"A process of \"{Name}\" ended before it said \"{word}\"; its error output is above.");
    }
}
