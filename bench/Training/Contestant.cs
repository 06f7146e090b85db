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

    private static readonly string[] Pythons = ["python3", "/usr/bin/python3"];

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

    /// <summary>Whether a Python with PyTorch is on this machine.</summary>
    public static string? FindPyTorch() => Pythons.FirstOrDefault(HasTorch);

    private static bool HasTorch(string python)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, "-c \"import torch, numpy\"") { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private Process Start(string folder, int part, int repeat)
    {
        string[] own = [folder, Trainer, $"{Threads}", $"{part}", $"{Processes}", $"{repeat}"];
        var start = Trainer == "pytorch"
            ? new ProcessStartInfo(FindPyTorch()!, [Script, .. own])
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
