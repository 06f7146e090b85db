using MacroCausal.AmazonSqs.Sending;

namespace MacroCausal.AmazonSqs.Tests.Sending;

public sealed class BatcherTests
{
    private static readonly IReadOnlyDictionary<int, BatchFailure> NoFailures = new Dictionary<int, BatchFailure>();
    private readonly List<int[]> _calls = [];

    [Fact]
    public async Task A_batch_holds_ten_entries_at_most_and_every_entry_is_sent_once()
    {
        await using var batcher = new Batcher<int>(Record);

        await Task.WhenAll(Enumerable.Range(0, 95).Select(item => batcher.Execute(item, 10, CancellationToken.None)));

        _calls.ShouldAllBe(call => call.Length <= 10);
        _calls.Count.ShouldBeLessThan(95);
        _calls.SelectMany(call => call).Order().ShouldBe(Enumerable.Range(0, 95));
    }

    [Fact]
    public async Task A_batch_stays_within_960_KiB_and_a_larger_entry_goes_alone()
    {
        await using var batcher = new Batcher<int>(Record);
        int[] sizes = [400, 400, 400, 1000, 400, 1000, 1, 1];

        await Task.WhenAll(sizes.Select((kilobytes, item) => batcher.Execute(item, kilobytes * 1024, CancellationToken.None)));

        _calls.ShouldAllBe(call => call.Length == 1 || call.Sum(item => sizes[item]) <= 960);
        _calls.Sum(call => call.Length).ShouldBe(sizes.Length);
    }

    [Fact]
    public async Task An_entry_that_is_refused_fails_alone()
    {
        await using var batcher = new Batcher<int>(items => Task.FromResult<IReadOnlyDictionary<int, BatchFailure>>(
            items.Index().Where(entry => entry.Item == 3).ToDictionary(
                entry => entry.Index,
                _ => new BatchFailure("InvalidMessageContents", "bad character", SenderFault: true))));
        var sends = Enumerable.Range(0, 5).Select(item => batcher.Execute(item, 1, CancellationToken.None)).ToList();

        (await Should.ThrowAsync<BatchEntryException>(() => sends[3])).Message.ShouldBe("InvalidMessageContents: bad character");
        await Task.WhenAll(sends.Where((_, item) => item != 3));
    }

    [Fact]
    public async Task An_entry_that_failed_transiently_is_sent_again_without_the_others()
    {
        await using var batcher = new Batcher<int>(items =>
        {
            Record(items);
            if (_calls.Count > 1) return Task.FromResult(NoFailures);
            var second = items.Index().Single(entry => entry.Item == 2).Index;
            var failure = new BatchFailure("InternalError", "", SenderFault: false);
            return Task.FromResult<IReadOnlyDictionary<int, BatchFailure>>(new Dictionary<int, BatchFailure> { [second] = failure });
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(item => batcher.Execute(item, 1, CancellationToken.None)));

        _calls.SelectMany(call => call).Count(item => item == 2).ShouldBe(2);
        _calls.SelectMany(call => call).Count(item => item == 1).ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_fails_permanently_fails_every_entry_of_it()
    {
        await using var batcher = new Batcher<int>(_ => throw new InvalidOperationException("no such queue"));

        var exception = await Should.ThrowAsync<InvalidOperationException>(() => batcher.Execute(1, 1, CancellationToken.None));

        exception.Message.ShouldBe("no such queue");
    }

    [Fact]
    public async Task What_waits_is_sent_before_the_batcher_ends_and_nothing_after()
    {
        var batcher = new Batcher<int>(Record);
        var sends = Enumerable.Range(0, 25).Select(item => batcher.Execute(item, 1, CancellationToken.None)).ToList();

        await batcher.DisposeAsync();

        sends.ShouldAllBe(send => send.IsCompletedSuccessfully);
        Should.Throw<ObjectDisposedException>(() => batcher.Execute(26, 1, CancellationToken.None));
    }

    private Task<IReadOnlyDictionary<int, BatchFailure>> Record(IReadOnlyList<int> items)
    {
        lock (_calls)
        {
            _calls.Add([.. items]);
        }

        return Task.FromResult(NoFailures);
    }
}
