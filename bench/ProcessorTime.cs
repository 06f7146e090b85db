using System.Diagnostics;
using System.Globalization;

namespace MacroCausal.Bench;

/// <summary>Processor time of a process so far, user and system, all threads.</summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100;

    /// <summary>Of this process.</summary>
    public static TimeSpan OfThis => Process.GetCurrentProcess().TotalProcessorTime;

    /// <summary>Of another process, from <c>/proc/PID/stat</c>.</summary>
    public static TimeSpan Of(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");

        // The second field, the name, stands in brackets and may hold spaces; utime and stime are the 14th and 15th field.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((Ticks(fields[11]) + Ticks(fields[12])) / TicksPerSecond);
    }

    /// <summary>
    /// For how long a process's main thread had work: on a processor, or in line for one that others held
    /// (<c>/proc/PID/task/PID/schedstat</c>). Near the wall time where a process of one thread, such as Node's, cannot do more, however
    /// busy the machine is with others.
    /// </summary>
    public static TimeSpan OfBusyMainThread(int process)
    {
        var times = File.ReadAllText($"/proc/{process}/task/{process}/schedstat").Split(' ');
        return TimeSpan.FromMicroseconds((Nanoseconds(times[0]) + Nanoseconds(times[1])) / 1000);
    }

    private static double Nanoseconds(string field) => double.Parse(field, CultureInfo.InvariantCulture);

    private static double Ticks(string field) => double.Parse(field, CultureInfo.InvariantCulture);
}
