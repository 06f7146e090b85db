using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace MacroCausal.Cli;

/// <summary>
/// What goes wrong is told by a command's outcome; the log is for what nobody expected, and goes beside the output, not into it.
/// </summary>
internal static class QuietLogging
{
    public static void AddTo(ILoggingBuilder logging) => logging
        .AddSimpleConsole(console => console.SingleLine = true)
        .AddFilter("MassTransit", LogLevel.None)
        .AddFilter("MacroCausal", LogLevel.Error)
        .AddFilter("Microsoft", LogLevel.Error)
        .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
}
