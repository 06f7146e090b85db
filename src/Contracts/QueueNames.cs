namespace MacroCausal.Contracts;

/// <summary>The queues that commands are sent to. They are what MassTransit's kebab-case formatter makes of the consumers' names.</summary>
public static class QueueNames
{
    /// <summary>Takes <see cref="Contracts.StartTraining"/>.</summary>
    public const string StartTraining = "start-training";

    /// <summary>
    /// The study saga's: takes <see cref="StartStudy"/>, <see cref="ResumeTraining"/>, <see cref="CancelTraining"/>,
    /// <see cref="PauseTraining"/>, <see cref="SweepStudy"/> and every event of a study.
    /// </summary>
    public const string Study = "study";

    /// <summary>Takes <see cref="Contracts.PrepareData"/>.</summary>
    public const string PrepareData = "prepare-data";

    /// <summary>Takes <see cref="Contracts.RunTrial"/>; its depth is the work that waits.</summary>
    public const string RunTrial = "run-trial";

    /// <summary>Takes <see cref="Contracts.RegisterModel"/>.</summary>
    public const string RegisterModel = "register-model";

    /// <summary>The address of a queue, whatever the transport.</summary>
    public static Uri Address(string queue) => new($"queue:{queue}");
}
