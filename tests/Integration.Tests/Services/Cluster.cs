namespace MacroCausal.Integration.Tests.Services;

/// <summary>The services that run, by name; a name may run more than once.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly LocalAws _aws;
    private readonly List<(string Name, ServiceProcess Process)> _services = [];
    private readonly List<ServiceProcess> _ended = [];

    private Cluster(LocalAws aws) => _aws = aws;

    /// <summary>The latest process of a service.</summary>
    public ServiceProcess this[string name] => _services.Last(service => service.Name == name).Process;

    /// <summary>Everything that was logged, for the message of a test that fails.</summary>
    public string Output =>
        string.Join('\n', _services.Select(service => service.Process).Concat(_ended).Select(process => process.Output));

    public static async Task<Cluster> StartAsync(LocalAws aws, IReadOnlyList<string> services)
    {
        var cluster = new Cluster(aws);
        foreach (var service in services)
        {
            cluster._services.Add((service, aws.Start(service)));
        }

        foreach (var (_, process) in cluster._services)
        {
            await process.ReadyAsync();
        }

        return cluster;
    }

    public async Task AddAsync(string service)
    {
        var process = _aws.Start(service);
        _services.Add((service, process));
        await process.ReadyAsync();
    }

    /// <summary>Kills one process of a service without warning and starts another.</summary>
    public Task KillAndReplaceAsync(string service)
    {
        var victim = _services.First(running => running.Name == service);
        _services.Remove(victim);
        victim.Process.Kill();
        _ended.Add(victim.Process);
        return AddAsync(service);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var process in _services.Select(service => service.Process).Concat(_ended))
        {
            process.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
