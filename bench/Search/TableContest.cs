using System.Collections.Concurrent;

namespace MacroCausal.Bench.Search;

/// <summary>A contest by real training: a few seeds at a time, each on a thread of its own.</summary>
internal static class TableContest
{
    /// <summary>What every seed and method found, and the epochs that were trained in all.</summary>
    public static (Finding[][] Findings, long Epochs) Run(Contest contest, GoldTable table, int seeds, int threads, int patience)
    {
        var findings = new Finding[seeds][];
        var epochs = 0L;
        var failures = new ConcurrentQueue<Exception>();
        var next = -1;
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work))];
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        return failures.IsEmpty ? (findings, epochs) : throw new AggregateException(failures);

        void Work()
        {
            try
            {
                for (var seed = Interlocked.Increment(ref next); seed < seeds; seed = Interlocked.Increment(ref next))
                {
                    using var trainer = new TableTrainer(table.Train, table.Validation, table.TargetScale, patience);
                    findings[seed] = contest.Run(seed, trainer);
                    Interlocked.Add(ref epochs, trainer.Epochs);
                }
            }
            catch (Exception failure)
            {
                failures.Enqueue(failure);
            }
        }
    }
}
