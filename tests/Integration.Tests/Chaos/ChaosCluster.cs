using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Amazon.SQS.Model;
using MacroCausal.Contracts;
using MacroCausal.Integration.Tests.Services;
using MacroCausal.TestKit.Emulators;

namespace MacroCausal.Integration.Tests.Chaos;

/// <summary>
/// Two Tuners, two TrialRunners, a DataPrep and a Registry, each known to the emulators by an access key of its own. A process that ends by
/// itself is replaced, as Kubernetes would.
/// </summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private readonly LocalAws _aws;
    private readonly HttpClient _emulators;
    private readonly Dictionary<string, ServiceProcess> _processes = [];
    private readonly List<(string Place, string Output)> _ended = [];
    private readonly List<(Fault Fault, long Since)> _active = [];
    private readonly int _seed;
    private int _hostile;

    private ChaosCluster(LocalAws aws, int seed)
    {
        (_aws, _seed) = (aws, seed);
        _emulators = new HttpClient { BaseAddress = aws.Endpoint };
    }

    /// <summary>Processes that ended though nobody told them to.</summary>
    public int EndedByThemselves { get; private set; }

    /// <summary>Everything that was logged.</summary>
    public string Output => string.Join('\n', _ended.Concat(_processes.Select(one => (one.Key, one.Value.Output)))
        .SelectMany(one => one.Item2.Split('\n').Select(line => $"{one.Item1}: {line}")));

    /// <summary>Starts all of them.</summary>
    /// <param name="aws">The account.</param>
    /// <param name="seed">Seed of the emulators' chances.</param>
    /// <param name="withDefaults">Whether with the default settings; else a lease is 15 seconds, so that a short run need not wait.</param>
    public static async Task<ChaosCluster> StartAsync(LocalAws aws, int seed, bool withDefaults)
    {
        if (withDefaults)
        {
            aws.Environment.Remove("Tuner__Lease");
            aws.Environment.Remove("Tuner__SweepEvery");
        }

        var cluster = new ChaosCluster(aws, seed);
        foreach (var place in Fault.Places)
        {
            cluster.Start(place);
        }

        foreach (var process in cluster._processes.Values)
        {
            await process.ReadyAsync();
        }

        return cluster;
    }

    /// <summary>Has a fault happen; what lasts goes on while the next ones come.</summary>
    public async Task InjectAsync(Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Kill:
                _processes[fault.Place!].Kill();
                Replace(fault.Place!);
                break;
            case FaultKind.Stop:
                await _processes[fault.Place!].TerminateAsync();
                Replace(fault.Place!);
                break;
            case FaultKind.Hostile:
                await SendAsync(HostileMessage.Of(_hostile++));
                break;
            default:
                _active.Add((fault, Stopwatch.GetTimestamp()));
                break;
        }

        await LookAsync();
    }

    /// <summary>Ends the faults whose time is over, and replaces processes that have ended.</summary>
    public async Task LookAsync()
    {
        _active.RemoveAll(active => Stopwatch.GetElapsedTime(active.Since) >= active.Fault.Length);
        await ApplyAsync();
        foreach (var (place, process) in _processes.ToList())
        {
            if (process.HasExited)
            {
                EndedByThemselves++;
                Replace(place);
            }
        }
    }

    /// <summary>Ends every fault.</summary>
    public Task ClearAsync()
    {
        _active.Clear();
        return ApplyAsync();
    }

    /// <summary>How many calls were answered by a fault, by service and kind.</summary>
    public async Task<SortedDictionary<string, int>> AppliedAsync() =>
        (await _emulators.GetFromJsonAsync<SortedDictionary<string, int>>(new Uri("/_faults", UriKind.Relative)))!;

    public ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
        {
            process.Dispose();
        }

        _emulators.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Start(string place) => _processes[place] = _aws.StartAs(Fault.ServiceOf(place), place);

    private void Replace(string place)
    {
        var before = _processes[place];
        _ended.Add((place, before.Output));
        before.Dispose();
        Start(place);
    }

    private async Task SendAsync(HostileMessage message)
    {
        var url = (await _aws.Sqs.GetQueueUrlAsync(message.Queue)).QueueUrl;
        await _aws.Sqs.SendMessageAsync(new SendMessageRequest(url, message.Body) { MessageAttributes = message.Attributes });
    }

    private async Task ApplyAsync()
    {
        var rules = _active.Select(active => new
        {
            service = active.Fault.Service,
            kind = JsonNamingPolicy.CamelCase.ConvertName(active.Fault.Kind.ToString()),
            share = active.Fault.Share,
            key = active.Fault.Place,
            except = AwsEmulator.Key,
            seed = _seed,
        });
        using var answer = await _emulators.PutAsJsonAsync(new Uri("/_faults", UriKind.Relative), rules);
        answer.EnsureSuccessStatusCode();
    }
}
