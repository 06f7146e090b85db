using System.Diagnostics;
using static TorchSharp.torch;

namespace MacroCausal.Bench.Training;

/// <summary>How many floating-point operations a second the machine does in torch's float32 matrix product: the ceiling.</summary>
internal static class ProductRate
{
    private const int Side = 768;
    private const int Products = 40;
    private const int Rounds = 7;

    /// <summary>
    /// The best of several rounds, with one product at a time on each of some threads; operations a second of all of them.
    /// </summary>
    public static double Measure(int threads)
    {
        set_num_threads(1);
        return Enumerable.Range(0, Rounds).Max(_ => Round(threads));
    }

    private static double Round(int threads)
    {
        using var barrier = new Barrier(threads);
        var seconds = new double[threads];
        var workers = Enumerable.Range(0, threads).Select(index => new Thread(() => seconds[index] = Seconds(barrier))).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        return threads * Products * 2.0 * Side * Side * Side / seconds.Max();
    }

    private static double Seconds(Barrier barrier)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        var (a, b, c) = (randn(Side, Side), randn(Side, Side), zeros(Side, Side));
        c.addmm_(a, b, 0f, 1f);
        barrier.SignalAndWait();
        var started = Stopwatch.GetTimestamp();
        for (var product = 0; product < Products; product++)
        {
            c.addmm_(a, b, 0f, 1f);
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
