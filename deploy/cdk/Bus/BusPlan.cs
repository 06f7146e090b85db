namespace MacroCausal.Cdk.Bus;

/// <summary>
/// Every queue and topic of the bus, and which service does what with them. The services know it as code; tests compare this plan with the buses that they configure.
/// </summary>
internal static class BusPlan
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(15);

    private static readonly QueuePlan StartTraining = new(QueueNames.StartTraining, Soon, [TopicNames.Of<StartTraining>()]);
    private static readonly QueuePlan PrepareData = new(QueueNames.PrepareData, Soon, [TopicNames.Of<PrepareData>()]);
    private static readonly QueuePlan RegisterModel = new(QueueNames.RegisterModel, Soon, [TopicNames.Of<RegisterModel>()]);

    // Segments wait for a runner; an hour says that there are too few of them, or none.
    private static readonly QueuePlan RunTrial = new(QueueNames.RunTrial, TimeSpan.FromHours(1), [TopicNames.Of<RunTrial>()]);

    private static readonly QueuePlan Study = new(QueueNames.Study, Soon,
    [
        TopicNames.Of<StartStudy>(), TopicNames.Of<ResumeTraining>(), TopicNames.Of<SweepStudy>(),
        TopicNames.Of<DataPrepared>(), TopicNames.Of<DataRejected>(),
        TopicNames.Of<TrialEpochCompleted>(), TopicNames.Of<TrialFailed>(),
        TopicNames.Of<ModelRegistered>(), TopicNames.Of<RegistrationFailed>(),
        TopicNames.FaultOf<PrepareData>(), TopicNames.FaultOf<RegisterModel>(),
    ]);

    public static readonly ServicePlan DataPrep = new("data-prep", [PrepareData], [], [TopicNames.Of<DataPrepared>(), TopicNames.Of<DataRejected>()]);

    public static readonly ServicePlan Tuner = new(
        "tuner",
        [StartTraining, Study],
        [QueueNames.Study, QueueNames.PrepareData, QueueNames.RunTrial, QueueNames.RegisterModel],
        [TopicNames.Of<TrainingCompleted>(), TopicNames.Of<TrainingFailed>()]);

    public static readonly ServicePlan TrialRunner = new("trial-runner", [RunTrial], [], [TopicNames.Of<TrialEpochCompleted>(), TopicNames.Of<TrialFailed>()]);

    public static readonly ServicePlan Registry = new("registry", [RegisterModel], [], [TopicNames.Of<ModelRegistered>(), TopicNames.Of<RegistrationFailed>()]);

    public static IReadOnlyList<ServicePlan> Services { get; } = [DataPrep, Tuner, TrialRunner, Registry];

    public static IReadOnlyList<QueuePlan> Queues { get; } = [.. Services.SelectMany(service => service.Receives)];

    public static IReadOnlyList<string> Topics { get; } =
        [.. Services.SelectMany(service => service.Published.Concat(service.Subscribed)).Distinct().Order(StringComparer.Ordinal)];
}
