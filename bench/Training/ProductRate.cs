using System.Diagnostics;
using MacroCausal.Model.Cpu;
using static TorchSharp.torch;

namespace MacroCausal.Bench.Training;

/// <summary>
/// How many floating-point operations a second the machine does in a float32 matrix product: the ceiling. It is the best of torch's
/// product and of ours, since on some processors torch's is the slower one.
/// </summary>
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
        return Enumerable.Range(0, Rounds).Max(_ => Math.Max(Round(threads, TorchSeconds), Round(threads, OurSeconds)));
    }

    private static double Round(int threads, Func<Barrier, double> measure)
    {
        using var barrier = new Barrier(threads);
        var seconds = new double[threads];
        var workers = Enumerable.Range(0, threads).Select(index => new Thread(() => seconds[index] = measure(barrier))).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        return threads * Products * 2.0 * Side * Side * Side / seconds.Max();
    }

    private static double TorchSeconds(Barrier barrier)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        var (a, b, c) = (randn(Side, Side), randn(Side, Side), zeros(Side, Side));
        return Seconds(barrier, () => c.addmm_(a, b, 0f, 1f));
    }

    private static double OurSeconds(Barrier barrier)
    {
        using NativeFloats a = new(Side * Side), b = new(Side * Side), c = new(Side * Side);
        a.Span.Fill(0.5f);
        b.Span.Fill(0.25f);
        return Seconds(barrier, () => Multiply(a, b, c));
    }

    private static unsafe void Multiply(NativeFloats a, NativeFloats b, NativeFloats c) => MatrixProduct.Multiply(
        new MatrixView(a.Start, Side), new MatrixView(b.Start, Side), new MatrixView(c.Start, Side), Side, Side, Side);

    private static double Seconds(Barrier barrier, Action multiply)
    {
        multiply();
        barrier.SignalAndWait();
        var started = Stopwatch.GetTimestamp();
        for (var product = 0; product < Products; product++)
        {
            multiply();
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
