using System.Net;
using Amazon.Runtime;
using MassTransit;

namespace MacroCausal.Hosting.Tests;

public sealed class GiveBackFilterTests
{
    private static readonly GiveBackFilter Filter = new(
        exception => exception switch
        {
            TimeoutException => GiveBackFilter.WhileOutOfReach,
            InvalidDataException => GiveBackFilter.Never,
            _ => null,
        },
        TimeProvider.System);

    [Fact]
    public void What_is_out_of_reach_is_waited_for_and_in_the_end_put_aside()
    {
        var wrapped = new InvalidOperationException("the turn failed", new TimeoutException());

        GivesBack(wrapped, minutes: 59).ShouldBeTrue();
        GivesBack(wrapped, minutes: 61).ShouldBeFalse();
    }

    [Fact]
    public void What_the_service_says_comes_before_what_is_known_of_the_bus() =>
        GivesBack(new InvalidDataException("no such table", new AmazonServiceException("not found")), minutes: 0).ShouldBeFalse();

    [Fact]
    public void A_denied_send_is_given_back_for_a_minute_and_a_throttled_one_for_an_hour()
    {
        var denied = new AmazonServiceException("no") { StatusCode = HttpStatusCode.Forbidden };
        var throttled = new AmazonServiceException("slowly") { StatusCode = HttpStatusCode.BadRequest };

        (GivesBack(denied, minutes: 0), GivesBack(denied, minutes: 2)).ShouldBe((true, false));
        (GivesBack(throttled, minutes: 2), GivesBack(throttled, minutes: 61)).ShouldBe((true, false));
    }

    [Fact]
    public void A_lost_race_and_a_stop_are_no_fault_of_the_message()
    {
        GivesBack(new ConcurrencyException("lost", typeof(object), Guid.Empty), minutes: 5).ShouldBeTrue();
        GivesBack(new OperationCanceledException(), minutes: 10_000).ShouldBeTrue();
    }

    [Fact]
    public void What_cannot_be_read_is_put_aside_at_once() =>
        GivesBack(new System.Text.Json.JsonException("no JSON"), minutes: 0).ShouldBeFalse();

    private static bool GivesBack(Exception exception, double minutes) => Filter.GivesBack(exception, TimeSpan.FromMinutes(minutes));
}
