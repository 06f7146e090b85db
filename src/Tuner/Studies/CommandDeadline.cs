using static System.FormattableString;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// What becomes of a command, PrepareData or RegisterModel, that nothing has come of: its consumer may have been killed at it so often that
/// the broker has put it aside. It is sent again, each time after twice as long, and at last given up. Pure.
/// </summary>
public static class CommandDeadline
{
    /// <summary>What to do now.</summary>
    public static CommandDecision Decide(DateTimeOffset sentAt, int sent, TunerOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (now - sentAt < options.CommandDeadline * Math.Pow(2, Math.Max(0, sent - 1))) return CommandDecision.Wait;
        return sent < options.MaxAttempts ? CommandDecision.SendAgain : CommandDecision.GiveUp;
    }

    /// <summary>Why a study fails whose command is given up.</summary>
    /// <param name="command">Name of the command.</param>
    /// <param name="service">Name of the service that did not answer.</param>
    /// <param name="sent">How often it was sent.</param>
    /// <param name="options">How long it was waited for.</param>
    public static string Reason(string command, string service, int sent, TunerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var waited = options.CommandDeadline * (Math.Pow(2, sent) - 1);
        return Invariant($"{command} was sent {sent} times within {waited.TotalMinutes:0.#} minutes and nothing came of it; ")
            + $"is {service} up, and is its memory enough? Look at its log and at 'macrocausal deadletters list', then resume the study.";
    }
}

/// <summary>What to do about a command.</summary>
public enum CommandDecision
{
    /// <summary>It may still be at work, or in the queue.</summary>
    Wait,

    /// <summary>It is lost, as far as one can tell.</summary>
    SendAgain,

    /// <summary>It was lost too often: the study fails.</summary>
    GiveUp,
}
