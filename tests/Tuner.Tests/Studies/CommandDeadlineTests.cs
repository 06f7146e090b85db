using MacroCausal.Tuner.Studies;

namespace MacroCausal.Tuner.Tests.Studies;

public sealed class CommandDeadlineTests
{
    private static readonly TunerOptions Options = new();
    private static readonly DateTimeOffset Sent = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 29.9, CommandDecision.Wait)]
    [InlineData(1, 30, CommandDecision.SendAgain)]
    [InlineData(2, 59.9, CommandDecision.Wait)]
    [InlineData(2, 60, CommandDecision.SendAgain)]
    [InlineData(3, 119.9, CommandDecision.Wait)]
    [InlineData(3, 120, CommandDecision.GiveUp)]
    public void A_command_is_sent_again_each_time_after_twice_as_long_and_given_up_after_the_third(
        int sent, double minutes, CommandDecision expected) =>
        CommandDeadline.Decide(Sent, sent, Options, Sent.AddMinutes(minutes)).ShouldBe(expected);

    [Fact]
    public void A_command_of_a_record_that_does_not_know_when_it_was_sent_is_sent_again() =>
        CommandDeadline.Decide(default, 0, Options, Sent).ShouldBe(CommandDecision.SendAgain);

    [Fact]
    public void The_reason_names_the_command_the_service_the_wait_and_the_remedy() =>
        CommandDeadline.Reason("PrepareData", "DataPrep", 3, Options).ShouldBe(
            "PrepareData was sent 3 times within 210 minutes and nothing came of it; is DataPrep up, and is its memory enough? "
            + "Look at its log and at 'macrocausal deadletters list', then resume the study.");
}
