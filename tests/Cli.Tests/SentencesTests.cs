namespace MacroCausal.Cli.Tests;

public sealed class SentencesTests
{
    [Fact]
    public void What_a_terminal_would_obey_is_shown_instead()
    {
        using var output = new StringWriter { NewLine = "\n" };

        output.WriteSentence("a\u001b[31mb\u0007c\nd\u202ee");

        output.ToString().ShouldBe("a\ufffd[31mb\ufffdc\ufffdd\ufffde\n");
    }

    [Fact]
    public void A_line_is_wrapped_below_its_text_and_commands_stay_whole()
    {
        Sentences.Wrap("  verdict     not better than the autoregression, whose error is smaller", 40).ShouldBe(
        [
            "  verdict     not better than the", "              autoregression, whose", "              error is smaller",
        ]);
        Sentences.Wrap("trained model_1 in 3.2 s: 20 trials (0 failed), 240 epochs", 40).ShouldBe(
            ["trained model_1 in 3.2 s: 20 trials (0", "failed), 240 epochs"]);
        Sentences.Wrap("  next        macrocausal models show local-1 --store /home/me/.macrocausal", 40).ShouldHaveSingleItem();
        Sentences.Wrap("", 40).ShouldBe([""]);
        Sentences.Wrap("  verdict     not better than the autoregression", 120).ShouldHaveSingleItem();
    }
}
