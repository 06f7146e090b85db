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

    private static double Ticks(string field) => double.Parse(field, CultureInfo.InvariantCulture);
}
