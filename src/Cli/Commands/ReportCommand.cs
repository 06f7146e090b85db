using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using MacroCausal.Cli.Embedded;
using MacroCausal.Reporting;
using MacroCausal.Reporting.Studies;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.Tuner.Studies;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal report</c>: the report of a study, made again from what is stored of it.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var study = new Argument<string>("study") { Description = "Execution id of the study, or id of its model" };
        var output = new Option<string?>("--output", "-o") { Description = "File to write; default: report.html beside the model" };
        var open = new Option<bool>("--open") { Description = "Open it with the program of this desktop" };
        var (aws, store) = (new Option<bool>("--aws") { Description = "Read S3 and DynamoDB instead of --store" }, CommonOptions.Store());
        var command = new Command("report", "Write the report of a study, one HTML file") { study, output, open, aws, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var places = ReportStores.Open(parsed, aws, store);
            var place = await WriteAsync(places, parsed.GetRequiredValue(study), parsed.GetValue(output), cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"report: {place}");
            if (parsed.GetValue(open))
            {
                Open(place);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<string> WriteAsync(ReportStores stores, string id, string? path, CancellationToken cancellationToken)
    {
        var request = RequestOf(await stores.StudyAsync(id, cancellationToken));
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

/// <summary>Where a study is: on AWS, or in a directory.</summary>
internal sealed class ReportStores : IDisposable
{
    private readonly IDisposable _owner;
    private readonly IModelRegistry _models;

    private ReportStores(IDisposable owner, IObjectStore objects, IStudyStore studies, IModelRegistry models) =>
        (_owner, Objects, Studies, _models) = (owner, objects, studies, models);

    public IObjectStore Objects { get; }

    public IStudyStore Studies { get; }

    public static ReportStores Open(ParseResult parsed, Option<bool> aws, Option<string> store)
    {
        if (parsed.GetValue(aws))
        {
            var host = AwsHost.Build(null);
            var services = host.Services;
            return new ReportStores(host, services.GetRequiredService<IObjectStore>(), services.GetRequiredService<IStudyStore>(),
                services.GetRequiredService<IModelRegistry>());
        }

        var stores = EmbeddedStores.OpenExisting(CommonOptions.StoreOf(parsed, store));
        return new ReportStores(stores, stores.Objects, stores.Studies, stores.Models);
    }

    /// <summary>The study of that execution, or the one whose model has that id.</summary>
    public async Task<StudyRecord> StudyAsync(string id, CancellationToken cancellationToken)
    {
        var model = await _models.FindByIdOrExecutionAsync(id, cancellationToken);
        return await Studies.FindStudyAsync(model?.ExecutionId ?? id, cancellationToken)
            ?? throw new BadInputException(
                $"There is no study '{id}', and no model of that id; 'macrocausal models list' names the models that there are.");
    }

    /// <summary>Path of an object where it is on this machine, else its address.</summary>
    public string PathOf(string uri) => (Objects as DirectoryObjectStore)?.PathOf(uri) ?? uri;

    public void Dispose() => _owner.Dispose();
}
