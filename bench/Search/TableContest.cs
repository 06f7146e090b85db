using System.Collections.Concurrent;

namespace MacroCausal.Bench.Search;

/// <summary>
/// Contests by real training: a few seeds at a time, each on a thread of its own. A shorter study is the beginning of a longer one, so that
/// it is trained only once.
/// </summary>
internal static class TableContest
{
    /// <summary>What every contest found, [contest][seed][method], and the epochs that were trained in all.</summary>
    public static (Finding[][][] Findings, long Epochs) Run(
        IReadOnlyList<Contest> contests, GoldTable table, int seeds, int threads, int patience)
    {
        Finding[][][] findings = [.. contests.Select(_ => new Finding[seeds][])];
        var epochs = 0L;
        var failures = new ConcurrentQueue<Exception>();
        var next = -1;
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work) { IsBackground = true })];
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
                    for (var contest = 0; contest < contests.Count; contest++)
                    {
                        findings[contest][seed] = contests[contest].Run(seed, trainer);
                    }

                    Interlocked.Add(ref epochs, trainer.Epochs);
                }
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        }
    }
}
