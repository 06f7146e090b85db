using MacroCausal.Model.Cpu;
using MacroCausal.Model.Training;

namespace MacroCausal.Bench.Training;

/// <summary>Our way: a trial a thread, the next one from the list when it is done, as the TrialRunner does it on the processor.</summary>
internal static class CpuRace
{
    public static void Train(TrainingTable table, IReadOnlyList<TrialWork> work, int threads)
    {
        var (train, validation, next) = (table.Train, table.Validation, -1);
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(Work)).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());

        void Work()
        {
            for (var index = Interlocked.Increment(ref next); index < work.Count; index = Interlocked.Increment(ref next))
            {
                Train(train, validation, work[index]);
            }
        }
    }

    private static void Train(TrainingRows train, TrainingRows validation, TrialWork work)
    {
        using var trainer = new CpuTrainer(
            train, validation, new TrialStart(work.Options with { Patience = int.MaxValue }), TimeProvider.System);
        for (var epoch = 0; epoch < work.Epochs; epoch++)
        {
            trainer.RunEpoch();
        }
    }
}
