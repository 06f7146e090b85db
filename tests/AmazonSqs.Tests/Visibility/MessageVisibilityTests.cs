using System.Net;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using MacroCausal.AmazonSqs.Tests.Buses;
using MacroCausal.AmazonSqs.Visibility;
using MacroCausal.TestKit;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.AmazonSqs.Tests.Visibility;

public sealed class MessageVisibilityTests : IDisposable
{
    private static readonly TimeSpan QueueVisibility = TimeSpan.FromSeconds(1);
    private readonly VisibilityClock _clock = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordedLog _log = new();
    private readonly Queue _queue = new();

    public void Dispose()
    {
        _clock.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_message_is_renewed_again_and_again_from_a_thread_that_training_cannot_take()
    {
        StartRenewing();

        foreach (var call in await _queue.Calls.Take(2))
        {
            call.ShouldBe(new Call("receipt", QueueVisibility, IsPoolThread: false));
        }
    }

    [Fact]
    public async Task A_renewal_that_is_throttled_is_tried_again_until_it_goes_through()
    {
        var throttled = new AmazonSQSException("Rate exceeded", ErrorType.Sender, "ThrottlingException", "", HttpStatusCode.BadRequest);
        _queue.Answers = call => call <= 2 ? throw throttled : Task.CompletedTask;
        var visibility = StartRenewing();

        await _queue.Calls.Take(4);

        await Should.NotThrowAsync(visibility.ValidateLockStatus);
        _log.Warnings.Count(line => line.Contains("could not be renewed", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task A_renewal_that_the_network_loses_is_tried_again()
    {
        _queue.Answers = call => call == 1 ? Task.FromException(new HttpRequestException("Connection reset")) : Task.CompletedTask;
        var visibility = StartRenewing();

        await _queue.Calls.Take(3);

        await Should.NotThrowAsync(visibility.ValidateLockStatus);
    }

    [Fact]
    public async Task A_renewal_without_an_answer_is_sent_once_more()
    {
        _queue.Answers = call => call == 1 ? new TaskCompletionSource().Task : Task.CompletedTask;
        StartRenewing();

        (await _queue.Calls.Take(2)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_message_that_SQS_gave_to_another_receiver_is_lost_and_not_renewed_any_more()
    {
        _queue.Answers = _ => throw new MessageNotInflightException("Message is not in flight");
        var visibility = StartRenewing();

        await _queue.Calls.Next();
        await Eventually.Holds(() => _log.Warnings.Any(line => line.Contains("is lost", StringComparison.Ordinal)));

        await Should.ThrowAsync<TransportException>(visibility.ValidateLockStatus);
    }

    [Fact]
    public async Task After_12_hours_a_message_is_renewed_no_more_and_one_line_says_so()
    {
        Start();
        _time.Advance(TimeSpan.FromHours(12));

        await Eventually.Holds(() => _log.Warnings.Any());

        _log.Warnings.ShouldHaveSingleItem().ShouldContain("has been held for 12:00:00, which is the limit");
        _queue.Calls.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_that_came_again_is_held_and_deleted_by_its_newer_receipt()
    {
        var visibility = Start();

        visibility.ReplaceReceiptHandle("newer").ShouldBeTrue();
        (await _queue.Calls.Next()).Receipt.ShouldBe("newer");
        await visibility.Complete();

        (await _queue.Deleted.Next()).ShouldBe("newer");
        visibility.ReplaceReceiptHandle("too late").ShouldBeFalse();
    }

    [Fact]
    public async Task A_message_whose_consumer_fails_is_given_back_after_the_pause()
    {
        await Start().Faulted(new InvalidOperationException());

        (await _queue.Calls.Next()).Visibility.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task A_message_that_is_released_is_visible_at_once_and_still_deleted_when_its_consumer_finishes_after_all()
    {
        var visibility = Start();

        await visibility.Release();
        await visibility.Complete();

        (await _queue.Calls.Next()).Visibility.ShouldBe(TimeSpan.Zero);
        (await _queue.Deleted.Next()).ShouldBe("receipt");
    }

    [Fact]
    public async Task An_endpoint_that_stops_waits_for_a_message_that_is_being_given_back_and_does_not_start_it_again()
    {
        var answer = new TaskCompletionSource();
        _queue.Answers = _ => answer.Task;
        var visibility = Start();
        var failed = visibility.Faulted(new InvalidOperationException());

        var released = visibility.Release();
        await _queue.Calls.Next();
        released.IsCompleted.ShouldBeFalse();
        visibility.TryStart().ShouldBeFalse();

        answer.SetResult();
        await Task.WhenAll(failed, released);
        _queue.Calls.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_that_could_not_be_deleted_ends_all_the_same()
    {
        _queue.Deletes = Task.FromException(new HttpRequestException("Connection reset"));
        var visibility = Start();

        await Should.ThrowAsync<HttpRequestException>(visibility.Complete);
        await visibility.Abandon();
        await visibility.Release();
    }

    [Fact]
    public async Task A_message_that_cannot_be_given_back_is_only_logged()
    {
        _queue.Answers = _ => throw new HttpRequestException("Connection reset");

        await Should.NotThrowAsync(() => Start().Faulted(new InvalidOperationException()));

        _log.Warnings.ShouldHaveSingleItem().ShouldContain("could not be given back");
    }

    /// <summary>
    /// A message whose first renewal is due after 0.7 seconds: what a test does before that, it does before the first renewal.
    /// </summary>
    private MessageVisibility Start() =>
        Start(new RenewalSchedule(QueueVisibility, TimeSpan.FromSeconds(60), RenewalSchedule.MaxSqsVisibility));

    /// <summary>A message that is renewed every 50 ms, for tests that wait for renewals.</summary>
    private MessageVisibility StartRenewing() =>
        Start(new RenewalSchedule(QueueVisibility, TimeSpan.FromSeconds(60), RenewalSchedule.MaxSqsVisibility)
        {
            RenewalFraction = 0.05,
            InitialBackoff = TimeSpan.FromMilliseconds(10),
            ResendAfter = TimeSpan.FromMilliseconds(200),
        });

    private MessageVisibility Start(RenewalSchedule schedule)
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(_log));
        LogContext.ConfigureCurrentLogContext(factory);
        var address = new Uri("amazonsqs://eu-west-1/orders");
        var options = new VisibilityOptions(address, schedule, _ => TimeSpan.FromSeconds(7), LogContext.Current!);
        var visibility = new MessageVisibility(_queue, "message", "receipt", options, _clock, _time);
        visibility.TryStart().ShouldBeTrue();
        return visibility;
    }

    private sealed record Call(string Receipt, TimeSpan Visibility, bool IsPoolThread);

    private sealed class Queue : IVisibilityQueue
    {
        private int _calls;

        public Func<int, Task> Answers { get; set; } = _ => Task.CompletedTask;

        public Task Deletes { get; set; } = Task.CompletedTask;

        public Inbox<Call> Calls { get; } = new();

        public Inbox<string> Deleted { get; } = new();

        public string Name => "orders";

        public Task ChangeVisibility(string receiptHandle, TimeSpan visibility, CancellationToken cancellationToken)
        {
            Calls.Put(new Call(receiptHandle, visibility, Thread.CurrentThread.IsThreadPoolThread));
            return Answers(Interlocked.Increment(ref _calls));
        }

        public async Task Delete(string receiptHandle)
        {
            await Deletes;
            await Deleted.Put(receiptHandle);
        }
    }
}
