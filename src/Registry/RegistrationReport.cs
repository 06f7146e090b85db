using MacroCausal.Reporting;
using MacroCausal.Reporting.Studies;
using Microsoft.Extensions.Logging;

namespace MacroCausal.Registry;

/// <summary>
/// Writes <c>importance.json</c> and <c>report.html</c> beside a model that is registered. They come after everything else, and a model
/// stays registered however that goes: both are made of what is stored and can be written again.
/// </summary>
internal sealed partial class RegistrationReport(
    FeatureEffectsWriter effects, ReportWriter reports, ILogger<RegistrationReport> logger)
{
    public async Task TryWriteAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        var request = new ReportRequest { Settings = command.Settings, StartedAt = command.StartedAt, Data = command.Data };
        await TryAsync("importance.json", command.ExecutionId, () => effects.EnsureAsync(request, cancellationToken));
        await TryAsync("report.html", command.ExecutionId, () => reports.WriteAsync(request, cancellationToken));
    }

    private async Task TryAsync(string file, string executionId, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception exception)
        {
            LogNotWritten(exception, executionId, file);
        }
    }

    [LoggerMessage(LogLevel.Warning,
        "Study {ExecutionId}: its model is registered, but {File} could not be written; write it with 'macrocausal report'")]
    private partial void LogNotWritten(Exception exception, string executionId, string file);
}
