namespace MacroCausal.Cdk.Bus;

/// <summary>
/// Every queue and topic of the bus, and which service does what with them. The services know it as code; tests compare this plan with the
/// buses that they configure.
/// </summary>
internal static class BusPlan
{
    private static readonly TimeSpan DefaultMaxAge = TimeSpan.FromMinutes(15);

    private static readonly QueuePlan StartTraining = new(QueueNames.StartTraining, DefaultMaxAge, [TopicNames.Of<StartTraining>()]);
    private static readonly QueuePlan PrepareData = new(QueueNames.PrepareData, DefaultMaxAge, [TopicNames.Of<PrepareData>()]);
    private static readonly QueuePlan RegisterModel = new(QueueNames.RegisterModel, DefaultMaxAge, [TopicNames.Of<RegisterModel>()]);

    // Segments wait for a runner; an hour says that there are too few of them, or none.
    private static readonly QueuePlan RunTrial = new(QueueNames.RunTrial, TimeSpan.FromHours(1), [TopicNames.Of<RunTrial>()]);

    private static readonly QueuePlan Study = new(QueueNames.Study, DefaultMaxAge,
    [
        TopicNames.Of<StartStudy>(), TopicNames.Of<ResumeTraining>(), TopicNames.Of<CancelTraining>(), TopicNames.Of<PauseTraining>(),
        TopicNames.Of<SweepStudy>(),
        TopicNames.Of<DataPrepared>(), TopicNames.Of<DataRejected>(),
        TopicNames.Of<TrialEpochCompleted>(), TopicNames.Of<TrialFailed>(),
        TopicNames.Of<ModelRegistered>(), TopicNames.Of<RegistrationFailed>(),
        TopicNames.Of<FoldForecast>(), TopicNames.Of<FoldEnded>(),
        TopicNames.FaultOf<PrepareData>(), TopicNames.FaultOf<RegisterModel>(),
    ]);

    public static readonly ServicePlan DataPrep =
        new("data-prep", [PrepareData], [], [TopicNames.Of<DataPrepared>(), TopicNames.Of<DataRejected>()]);

    public static readonly ServicePlan Tuner = new(
        "tuner",
        [StartTraining, Study],
        [QueueNames.Study, QueueNames.PrepareData, QueueNames.RunTrial, QueueNames.RegisterModel],
        [TopicNames.Of<TrainingCompleted>(), TopicNames.Of<TrainingFailed>(), TopicNames.Of<FoldEnded>()]);

    public static readonly ServicePlan TrialRunner =
        new("trial-runner", [RunTrial], [], [TopicNames.Of<TrialEpochCompleted>(), TopicNames.Of<TrialFailed>()]);

    public static readonly ServicePlan Registry =
        new(
            "registry", [RegisterModel], [],
            [TopicNames.Of<ModelRegistered>(), TopicNames.Of<RegistrationFailed>(), TopicNames.Of<FoldForecast>()]);

    public static IReadOnlyList<ServicePlan> Services { get; } = [DataPrep, Tuner, TrialRunner, Registry];

    public static IReadOnlyList<QueuePlan> Queues { get; } = [.. Services.SelectMany(service => service.Receives)];

    public static IReadOnlyList<string> Topics { get; } =
        [.. Services.SelectMany(service => service.Published.Concat(service.Subscribed)).Distinct().Order(StringComparer.Ordinal)];
}

/// <summary>What a service does with queues and topics.</summary>
/// <param name="Name">Its name, which is also that of its service account and of its image.</param>
/// <param name="Receives">The queues that it receives from.</param>
/// <param name="Sends">The queues that it sends commands to.</param>
/// <param name="Events">The events that it publishes.</param>
internal sealed record ServicePlan(
    string Name, IReadOnlyList<QueuePlan> Receives, IReadOnlyList<string> Sends, IReadOnlyList<string> Events)
{
    /// <summary>The topics that its queues are subscribed to.</summary>
    public IReadOnlyList<string> Subscribed => [.. Receives.SelectMany(queue => queue.Topics)];

    /// <summary>The topics that it publishes to: its events, and that it could not do what it was asked to.</summary>
    public IReadOnlyList<string> Published => [.. Events, .. Subscribed.Select(TopicNames.FaultOf), TopicNames.ReceiveFault];
}

/// <summary>A queue that a service receives from.</summary>
/// <param name="Name">Its name; those of its error and skipped queue follow from it.</param>
/// <param name="MaxAge">Maximum age of its oldest message; an alarm goes off above it.</param>
/// <param name="Topics">The topics that deliver into it.</param>
internal sealed record QueuePlan(string Name, TimeSpan MaxAge, IReadOnlyList<string> Topics)
{
    /// <summary>Where messages go whose consumer failed permanently, or that ended their consumer's process too often.</summary>
    public string Error => Name + "_error";

    /// <summary>Where messages go that no consumer of the queue knows.</summary>
    public string Skipped => Name + "_skipped";
}

/// <summary>The names that the transport gives to topics.</summary>
internal static class TopicNames
{
    private const string MassTransit = "MassTransit-";

    /// <summary>Where a message goes that cannot even be read.</summary>
    public const string ReceiveFault = "MassTransit-ReceiveFault";

    /// <summary>Topic of a message of Contracts.</summary>
    public static string Of<T>() => Of(typeof(T).Name);

    /// <summary>Topic of the fault of what is published to another. MassTransit names its own namespace once only.</summary>
    public static string FaultOf(string topic) =>
        $"{MassTransit}Fault--{(topic.StartsWith(MassTransit, StringComparison.Ordinal) ? topic[MassTransit.Length..] : topic)}--";

    /// <summary>Topic of the fault of a message of Contracts.</summary>
    public static string FaultOf<T>() => FaultOf(Of<T>());

    private static string Of(string message) => $"MacroCausal_Contracts-{message}";
}
