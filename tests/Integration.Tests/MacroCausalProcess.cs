using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using MacroCausal.TestKit;

namespace MacroCausal.Integration.Tests;

/// <summary>The executable <c>macrocausal</c> as a process of its own, as a person runs it.</summary>
internal sealed class MacroCausalProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _errors = [];
    private readonly Task _reading;
    private readonly Task<string> _output;

    private MacroCausalProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _reading = ReadErrorsAsync();
    }

    /// <summary>Raised for every line on standard error, where progress goes with <c>--json</c>.</summary>
    public event Action<string>? Line;

    public static MacroCausalProcess Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    public static MacroCausalProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start(Executable, arguments, environment);

    /// <summary>Runs a line of a shell in which <c>"$0" "$@"</c> is the command.</summary>
    public static async Task<Ended> RunInShellAsync(string line, params string[] arguments)
    {
        using var process = Start("sh", ["-c", line, Executable, .. arguments], new Dictionary<string, string>());
        return await process.EndAsync();
    }

    /// <summary>Path of the executable.</summary>
    public static string Executable { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, "macrocausal"));

    private static MacroCausalProcess Start(string program, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        // A shell that runs the tests in the background ignores Ctrl-C, and so would every process that they start.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new MacroCausalProcess(Process.Start(start)!);
    }

    public static async Task<Ended> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await process.EndAsync();
    }

    public void Kill() => _process.Kill();

    /// <summary>What Ctrl-C does.</summary>
    public void Interrupt() => Signal(2);

    /// <summary>What a system does that shuts down.</summary>
    public void Terminate() => Signal(15);

    /// <summary>Stands still until <see cref="Continue"/>.</summary>
    public void Pause() => Signal(19);

    public void Continue() => Signal(18);

    /// <summary>Waits for the first line that holds a text, and does something at once when it is read.</summary>
    public Task SaysAsync(string text, Action? then = null)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_errors)
        {
            Line += line => Check(line);
            _errors.ForEach(Check);
        }

        return Task.WhenAny(said.Task, _reading).WaitAsync(Patience.Limit);

        void Check(string line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                if (said.TrySetResult())
                {
                    then?.Invoke();
                }
            }
        }
    }

    public async Task<Ended> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        await _process.WaitForExitAsync(patience.Token);
        await _reading;
        return new Ended(_process.ExitCode, await _output, string.Join('\n', _errors));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    // A call and not the command kill: on a busy machine a process takes its time to start, and this one would run on.
    private void Signal(int signal) => SendSignal(_process.Id, signal).ShouldBe(0);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors)
            {
                _errors.Add(line);
                Line?.Invoke(line);
            }
        }
    }
}

/// <summary>How a process ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors)
{
    private static readonly string[] Deterministic =
        ["bestTrial", "bestValidationLoss", "bestConfig", "walkForward", "trials", "trialEpochs"];

    /// <summary>The last line of the output, as <c>--json</c> promises it.</summary>
    public JsonElement Json => JsonDocument.Parse(Output.TrimEnd().Split('\n')[^1]).RootElement;

    /// <summary>What one seed gives every time.</summary>
    public string Result => string.Join(' ', Deterministic.Select(name => Json.GetProperty(name).GetRawText()));
}
