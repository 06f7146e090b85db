using System.Text.Json;
using MacroCausal.Hosting;
using MacroCausal.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Tuner.Studies;

/// <summary>How long the Tuner gives a message back that it could not consume, for another Tuner or for later.</summary>
internal static class TunerPatience
{
    /// <summary>As of <see cref="GiveBackFilter"/>.</summary>
    public static TimeSpan? Of(Exception exception) => StoreFailure.CauseOf(exception) switch
    {
        FailureCause.Store => GiveBackFilter.WhileOutOfReach,
        FailureCause.Process => GiveBackFilter.WhileDenied,
        null => null,
        _ => GiveBackFilter.Never,
    };
}

/// <summary>
/// The endpoint of the study saga: one message of a study at a time, lost races tried again. Epochs are recorded before a study's turn
/// comes, side by side.
/// </summary>
internal sealed class StudyDefinition : SagaDefinition<StudyInstance>
{
    private const int Partitions = 16;

    // Reports that wait for their study's turn hold a place; epochs that only need a record must find one beside them.
    private const int MaxConcurrentMessages = 64;

    public StudyDefinition() => EndpointName = QueueNames.Study;

    protected override void ConfigureSaga(
        IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<StudyInstance> sagaConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = MaxConcurrentMessages;
        endpointConfigurator.UseMessageRetry(retry =>
        {
            retry.Intervals(50, 200, 500, 1000, 2000);
            // A study whose record cannot be read has no turn, however often it is tried; its messages hold no places of the others'.
            retry.Ignore<JsonException>();
        });
        endpointConfigurator.GiveBackUnserved(TunerPatience.Of);
        // The recorder's store is first looked for when an epoch comes: configuring the bus needs none.
        sagaConfigurator.Message<TrialEpochCompleted>(message =>
            message.UseFilter(new EpochFilter(context.GetRequiredService<EpochRecorder>)));
        var partitioner = endpointConfigurator.CreatePartitioner(Partitions);
        context.GetRequiredService<StudyStateMachine>().PartitionMessages(sagaConfigurator, partitioner);
    }
}
