using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit;
using MacroCausal.TestKit.Stores;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MacroCausal.Registry.Tests;

/// <summary>A Registry on the test harness, over a directory and SQLite.</summary>
internal sealed class RegistryHarness : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ServiceProvider _provider;

    private RegistryHarness(Func<IObjectStore, IObjectStore>? wrap)
    {
        var services = new ServiceCollection().AddEmbeddedStorage(_directory.Path).AddRegistry()
            .AddMassTransitTestHarness(TextWriter.Null, bus =>
        {
            bus.SetKebabCaseEndpointNameFormatter();
            bus.SetTestTimeouts(Patience.Limit, Patience.Limit);
            bus.AddRegistry();
        });
        if (wrap is not null)
        {
            services.Replace(ServiceDescriptor.Singleton(provider => wrap(provider.GetRequiredService<DirectoryObjectStore>())));
        }

        _provider = services.BuildServiceProvider(true);
    }

    public ITestHarness Bus => _provider.GetRequiredService<ITestHarness>();

    public DirectoryObjectStore Objects => _provider.GetRequiredService<DirectoryObjectStore>();

    /// <summary>The types of what was published, without waiting for more.</summary>
    public IEnumerable<Type> PublishedSoFar =>
        Bus.Published.Select(_ => true, new CancellationToken(canceled: true)).Select(published => published.MessageType);

    public IStudyStore Studies => _provider.GetRequiredService<IStudyStore>();

    public IModelRegistry Models => _provider.GetRequiredService<IModelRegistry>();

    public static async Task<RegistryHarness> StartAsync(Func<IObjectStore, IObjectStore>? wrap = null)
    {
        var harness = new RegistryHarness(wrap);
        await harness.Bus.Start();
        return harness;
    }

    /// <summary>Sends what the study's record asks for.</summary>
    public async Task SendAsync(RegisterModel command)
    {
        await RecordAsync(Records.Registering(command));
        await SendUnaskedAsync(command);
    }

    /// <summary>Sends whatever the study's record says.</summary>
    public async Task SendUnaskedAsync(RegisterModel command)
    {
        var endpoint = await Bus.Bus.GetSendEndpoint(QueueNames.Address(QueueNames.RegisterModel));
        await endpoint.Send(command);
    }

    /// <summary>Writes a study's record, over the one that is there.</summary>
    public async Task RecordAsync(StudyRecord study)
    {
        var known = await Studies.FindStudyAsync(study.ExecutionId);
        (known is null
            ? await Studies.TryAddStudyAsync(study)
            : await Studies.TryReplaceStudyAsync(study with { Version = known.Version + 1 })).ShouldBeTrue();
    }

    /// <summary>The first events of a kind, waited for, and what the Registry does after it has said them.</summary>
    public async Task<List<T>> PublishedAsync<T>(int count)
        where T : class
    {
        var events = new List<T>();
        await foreach (var published in Bus.Published.SelectAsync<T>())
        {
            events.Add(published.Context.Message);
            if (events.Count == count) break;
        }

        await ConsumedAsync(count);
        return events;
    }

    /// <summary>Waits until the Registry has done with that many messages.</summary>
    public async Task ConsumedAsync(int count)
    {
        await foreach (var consumed in Bus.Consumed.SelectAsync<RegisterModel>())
        {
            if (--count == 0) break;
        }
    }

    public async Task<T> AskAsync<T>(RegisterModel command)
        where T : class
    {
        await SendAsync(command);
        return (await PublishedAsync<T>(1)).Single();
    }

    /// <summary>Every object below a key of the artifacts bucket, with its content.</summary>
    public async Task<SortedDictionary<string, byte[]>> ContentsAsync(string key)
    {
        var contents = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var prefix = ObjectKeys.Uri("artifacts", key);
        await foreach (var uri in Objects.ListAsync(prefix))
        {
            contents.Add(uri[prefix.Length..], await File.ReadAllBytesAsync(Objects.PathOf(uri)));
        }

        return contents;
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _directory.Dispose();
    }
}
