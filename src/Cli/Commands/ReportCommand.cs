using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using MacroCausal.Registry;
using MacroCausal.Reporting;
using MacroCausal.Reporting.Studies;
using MacroCausal.Storage;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal report</c>: the report of a study, made again from what is stored of it.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var study = new Argument<string>("study") { Description = "Execution id of the study, or id of its model" };
        var output = new Option<string?>("--output", "-o") { Description = "File to write; default: report.html beside the model" };
        var open = new Option<bool>("--open") { Description = "Open it with the program of this desktop" };
        var (aws, store) = (StudyStores.AwsOption(), CommonOptions.Store());
        var command = new Command("report", "Write the report of a study, one HTML file") { study, output, open, aws, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = StudyStores.Open(parsed, aws, store);
            var place = await WriteAsync(stores, parsed.GetRequiredValue(study), parsed.GetValue(output), cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"report: {place}");
            if (parsed.GetValue(open))
            {
                Open(place);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<string> WriteAsync(StudyStores stores, string id, string? path, CancellationToken cancellationToken)
    {
        var request = RequestOf(await stores.StudyAsync(id, cancellationToken));
        await new FeatureEffectsWriter(stores.Objects).EnsureAsync(request, cancellationToken);
        var writer = new ReportWriter(stores.Objects, stores.Studies);
        if (path is null) return stores.PathOf(await writer.WriteAsync(request, cancellationToken));

        await File.WriteAllBytesAsync(path, await writer.MakeAsync(request, cancellationToken), cancellationToken);
        return Path.GetFullPath(path);
    }

    private static ReportRequest RequestOf(StudyRecord record)
    {
        var study = StudyDocument.Read(record);
        return study.Completed is null && study.Failed is null
            ? throw new BadInputException(
                $"The study '{record.ExecutionId}' is not over; a report is written when it is. "
                + $"Go on with '{Invocation.Of("resume", "--execution-id", record.ExecutionId)}' where nobody trains it.")
            : new ReportRequest
            {
                Settings = study.Settings,
                StartedAt = study.StartedAt,
                Data = study.Data,
                Failures = study.Failed?.Reasons ?? [],
            };
    }

    private static void Open(string path)
    {
        var opener = OperatingSystem.IsMacOS() ? "open" : "xdg-open";
        try
        {
            using var _ = Process.Start(new ProcessStartInfo(opener, [path]) { RedirectStandardError = true });
        }
        catch (Win32Exception)
        {
            throw new BadInputException($"There is no '{opener}' here to open files with; open '{path}' in a browser.");
        }
    }
}
