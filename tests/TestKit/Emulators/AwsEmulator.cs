using System.Diagnostics;
using System.Text.Json;

namespace MacroCausal.TestKit.Emulators;

/// <summary>
/// SQS, SNS and S3 on one port of this machine, DynamoDB on another, in a process of their own. They hold their data in memory, and end
/// with the process that started them, even where that is killed: the emulators' standard input closes then.
/// </summary>
public sealed class AwsEmulator : IDisposable
{
    /// <summary>The region that the emulators are in.</summary>
    public const string Region = "eu-west-1";

    /// <summary>The access key, and the secret key too: any will do.</summary>
    public const string Key = "emulator";

    private static readonly Lazy<Task<AwsEmulator>> Once = new(() => Task.Run(() => Start()));
    private readonly Process _process;

    private AwsEmulator(Process process, JsonElement ports)
    {
        _process = process;
        Endpoint = new Uri($"http://127.0.0.1:{ports.GetProperty("aws").GetInt32()}");
        DynamoDb = new Uri($"http://127.0.0.1:{ports.GetProperty("dynamodb").GetInt32()}");
    }

    /// <summary>The one that all tests of this process share; tests keep out of each other's way by the names that they use.</summary>
    public static Task<AwsEmulator> Shared => Once.Value;

    /// <summary>Where SQS, SNS and S3 are.</summary>
    public Uri Endpoint { get; }

    /// <summary>Where DynamoDB is.</summary>
    public Uri DynamoDb { get; }

    /// <summary>The process that they all run in.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts emulators of one's own, for a test that ends them.</summary>
    /// <param name="everyMessageTwice">Whether each message is delivered twice.</param>
    /// <param name="withFaults">Whether <c>/_faults</c> of <see cref="Endpoint"/> takes rules, see <c>faults.mjs</c>.</param>
    public static AwsEmulator Start(bool everyMessageTwice = false, bool withFaults = false)
    {
        var folder = EmulatorPackages.Install();
        var start = new ProcessStartInfo(EmulatorPackages.Node(folder), ["--no-warnings", "start.mjs"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["AWS_REGION"] = Region },
        };
        if (everyMessageTwice) start.Environment["EVERY_MESSAGE_TWICE"] = "1";
        if (withFaults) start.Environment["FAULTS"] = "1";
        var process = Process.Start(start)!;
        if (process.StandardOutput.ReadLine() is { } line) return new AwsEmulator(process, JsonElement.Parse(line));
        process.WaitForExit();
        throw new InvalidOperationException(
            $"The emulators ended with {process.ExitCode} before they were ready. Run 'node start.mjs' in {folder} to see why.");
    }

    /// <summary>Ends the emulators.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
