using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;
using MacroCausal.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Reporting;

/// <summary>Writes the report of a study from what is stored of it.</summary>
public sealed class ReportWriter(IObjectStore objects, IStudyStore studies)
{
    /// <summary>The report as one HTML file; the same stored study gives the same bytes.</summary>
    public async Task<byte[]> MakeAsync(ReportRequest request, CancellationToken cancellationToken = default) =>
        ReportPage.Of(StudyReport.Of(await new StudyReader(objects, studies).ReadAsync(request, cancellationToken)));

    /// <summary>Writes the report beside the model, or beside the data of a study that failed, and returns its address.</summary>
    public async Task<string> WriteAsync(ReportRequest request, CancellationToken cancellationToken = default)
    {
        var uri = UriOf(request);
        await objects.PutAsync(uri, new MemoryStream(await MakeAsync(request, cancellationToken), writable: false), cancellationToken);
        return uri;
    }

    /// <summary>Address of the report of a study.</summary>
    public static string UriOf(ReportRequest request)
    {
        var id = request.Settings.ExecutionId;
        var folder = request.Failures.Count > 0 ? ObjectKeys.Data(id) : ObjectKeys.Model(id);
        return ObjectKeys.Uri(request.Settings.ArtifactsBucket, folder + ReportPage.FileName);
    }
}

/// <summary>Adds reports to a process.</summary>
public static class ReportingServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="ReportWriter"/>; it needs an <c>IObjectStore</c> and an <c>IStudyStore</c>.</summary>
    public static IServiceCollection AddReporting(this IServiceCollection services) => services.AddSingleton<ReportWriter>();
}
