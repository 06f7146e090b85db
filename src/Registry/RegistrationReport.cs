using MacroCausal.Reporting;
using MacroCausal.Reporting.Studies;
using Microsoft.Extensions.Logging;

namespace MacroCausal.Registry;

/// <summary>
/// Writes <c>report.html</c> beside a model that is registered. It comes after everything else, and a model stays registered however that
/// goes: the report is made of what is stored and can be written again.
/// </summary>
internal sealed partial class RegistrationReport(ReportWriter reports, ILogger<RegistrationReport> logger)
{
    public async Task TryWriteAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        try
        {
            var request = new ReportRequest { Settings = command.Settings, StartedAt = command.StartedAt, Data = command.Data };
            await reports.WriteAsync(request, cancellationToken);
        }
        catch (Exception exception)
        {
            LogNotWritten(exception, command.ExecutionId);
        }
    }

    [LoggerMessage(LogLevel.Warning,
        "Study {ExecutionId}: its model is registered, but report.html could not be written; write it with 'macrocausal report'")]
    private partial void LogNotWritten(Exception exception, string executionId);
}
