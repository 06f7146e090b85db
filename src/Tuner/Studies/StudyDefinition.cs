using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Tuner.Studies;

/// <summary>
/// The endpoint of the study saga: one message of a study at a time, lost races tried again. Epochs are recorded before a study's turn comes, side by side.
/// </summary>
internal sealed class StudyDefinition : SagaDefinition<StudyInstance>
{
    private const int Partitions = 16;

    // Reports that wait for their study's turn hold a place; epochs that only need a record must find one beside them.
    private const int InHand = 64;

    public StudyDefinition() => EndpointName = QueueNames.Study;

    protected override void ConfigureSaga(
        IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<StudyInstance> sagaConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = InHand;
        endpointConfigurator.UseMessageRetry(retry => retry.Intervals(50, 200, 500, 1000, 2000));
        // The recorder's store is first looked for when an epoch comes: configuring the bus needs none.
        var recorder = new Lazy<EpochRecorder>(context.GetRequiredService<EpochRecorder>);
        sagaConfigurator.Message<TrialEpochCompleted>(message => message.UseFilter(new EpochFilter(recorder)));
        var partitioner = endpointConfigurator.CreatePartitioner(Partitions);
        Partition<StartStudy>(sagaConfigurator, partitioner);
        Partition<ResumeTraining>(sagaConfigurator, partitioner);
        Partition<SweepStudy>(sagaConfigurator, partitioner);
        Partition<DataPrepared>(sagaConfigurator, partitioner);
        Partition<DataRejected>(sagaConfigurator, partitioner);
        Partition<TrialEpochCompleted>(sagaConfigurator, partitioner);
        Partition<TrialFailed>(sagaConfigurator, partitioner);
        Partition<ModelRegistered>(sagaConfigurator, partitioner);
        Partition<RegistrationFailed>(sagaConfigurator, partitioner);
        Partition<Fault<PrepareData>>(sagaConfigurator, partitioner);
        Partition<Fault<RegisterModel>>(sagaConfigurator, partitioner);
    }

    private static void Partition<T>(ISagaConfigurator<StudyInstance> saga, IPartitioner partitioner)
        where T : class =>
        saga.Message<T>(message => message.UsePartitioner(partitioner, context => StudyMessages.StudyIdOf(context.Message)));
}
