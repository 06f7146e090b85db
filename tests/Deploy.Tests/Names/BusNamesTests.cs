namespace MacroCausal.Deploy.Tests.Names;

/// <summary>The names that other tests compare the deployment with, held against the contracts' own words.</summary>
public sealed class BusNamesTests
{
    [Fact]
    public void The_queues_are_those_of_the_contracts() =>
        BusNames.Queues.ShouldBe([QueueNames.PrepareData, QueueNames.RegisterModel, QueueNames.RunTrial, QueueNames.StartTraining,
            QueueNames.Study]);

    [Fact]
    public void Every_queue_has_an_error_and_a_skipped_queue() =>
        BusNames.AllQueues.ShouldBe(BusNames.Queues.SelectMany(queue => new[] { queue, queue + "_error", queue + "_skipped" })
            .Order(StringComparer.Ordinal));

    [Fact]
    public void The_tuner_commands_every_other_service_and_itself() =>
        BusNames.Service("tuner")
            .Sends.ShouldBe([QueueNames.PrepareData, QueueNames.RegisterModel, QueueNames.RunTrial, QueueNames.Study], ignoreOrder: true);

    [Theory]
    [InlineData("data-prep", "DataPrepared", "DataRejected")]
    [InlineData("tuner", "TrainingCompleted", "TrainingFailed", "FoldEnded")]
    [InlineData("trial-runner", "TrialEpochCompleted", "TrialFailed")]
    [InlineData("registry", "ModelRegistered", "RegistrationFailed", "FoldForecast")]
    public void A_service_publishes_the_events_that_the_contracts_say(string service, params string[] events) =>
        BusNames.Service(service).Publishes.Where(topic => !topic.StartsWith("MassTransit-", StringComparison.Ordinal))
            .ShouldBe(events.Select(name => "MacroCausal_Contracts-" + name), ignoreOrder: true);

    [Fact]
    public void A_service_may_publish_the_fault_of_whatever_it_consumes() => BusNames.Service("trial-runner").Publishes
        .ShouldBe(["MacroCausal_Contracts-TrialEpochCompleted", "MacroCausal_Contracts-TrialFailed",
            "MassTransit-Fault--MacroCausal_Contracts-RunTrial--", "MassTransit-ReceiveFault"], ignoreOrder: true);

    [Fact]
    public void Workers_send_no_command() =>
        BusNames.Services.Where(service => service.Service != "tuner").SelectMany(service => service.Sends).ShouldBeEmpty();
}
