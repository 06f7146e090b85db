using System.Net.ServerSentEvents;
using System.Text.Json;
using MacroCausal.TestKit;

namespace MacroCausal.Dashboard.Tests;

/// <summary>Reads the stream of events as a browser does.</summary>
internal sealed class EventReader
{
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private EventReader(IAsyncEnumerator<SseItem<string>> items, Change first) => (_items, First) = (items, first);

    public Change First { get; }

    public static async Task<EventReader> OpenAsync(ServedStore store, long? after)
    {
        var request = store.Request(HttpMethod.Get, "/api/events");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after.Value.ToString(CultureInfo.InvariantCulture));
        }

        var answer = await store.Client().SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var items = SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator();
        return new EventReader(items, await NextAsync(items));
    }

    /// <summary>The next event that names a resource.</summary>
    public async Task<Change> WaitForAsync(string resource)
    {
        while (true)
        {
            var change = await NextAsync(_items);
            if (change.Changed!.Contains(resource)) return change;
        }
    }

    private static async Task<Change> NextAsync(IAsyncEnumerator<SseItem<string>> items)
    {
        (await items.MoveNextAsync().AsTask().WaitAsync(Patience.Limit)).ShouldBeTrue();
        var item = items.Current;
        item.EventType.ShouldBe("change");
        var changed = JsonDocument.Parse(item.Data).RootElement.GetProperty("changed");
        return new Change(
            long.Parse(item.EventId!, CultureInfo.InvariantCulture),
            changed.ValueKind == JsonValueKind.Null ? null : [.. changed.EnumerateArray().Select(name => name.GetString()!)]);
    }

    /// <param name="Id">Version of the event.</param>
    /// <param name="Changed">What changed; null for everything.</param>
    internal sealed record Change(long Id, IReadOnlyList<string>? Changed);
}
