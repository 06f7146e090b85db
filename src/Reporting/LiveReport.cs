using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Sections;
using MacroCausal.Reporting.Studies;
using MacroCausal.Storage;

namespace MacroCausal.Reporting;

/// <summary>What there is to see of a study at any time, while it goes and after.</summary>
public sealed class LiveReport
{
    private static readonly Func<StudyFacts, Section?>[] Sections =
        [VerdictSection.Of, HistorySection.Of, CurveSection.Of, RungSection.Of, SearchSection.Of, FailureSection.Of];

    private readonly StudyFacts _facts;

    internal LiveReport(StudyFacts facts) => _facts = facts;

    /// <summary>The report's figures of its trials; those that have nothing to show yet are left out.</summary>
    public Report Report => field ??= StudyReport.Of(_facts, Sections);

    /// <summary>Every trial, by number.</summary>
    public IReadOnlyList<TrialRecord> Trials => _facts.Trials;

    /// <summary>Every epoch, by trial, then epoch.</summary>
    public IReadOnlyList<EpochRecord> Epochs => _facts.Epochs;

    /// <summary>The lowest loss so far, for each trial that has one in the order of their last reports: what the history draws.</summary>
    public IReadOnlyList<double> BestSoFar => field ??= HistorySection.BestSoFar(_facts);
}

/// <summary>Reads what there is to see of a study.</summary>
public sealed class LiveReportReader(IObjectStore objects, IStudyStore studies)
{
    /// <summary>As the records and the files of its model are now.</summary>
    public async Task<LiveReport> ReadAsync(ReportRequest request, CancellationToken cancellationToken = default) =>
        new(await new StudyReader(objects, studies).ReadAsync(request, cancellationToken));

    /// <summary>As its records are now, without a look at its files: there is no verdict and no best trial.</summary>
    public async Task<LiveReport> ReadRecordsAsync(ReportRequest request, CancellationToken cancellationToken = default)
    {
        var id = request.Settings.ExecutionId;
        return new(new StudyFacts
        {
            Request = request,
            Trials = await studies.ListTrialsAsync(id, cancellationToken).ToListAsync(cancellationToken),
            Epochs = await studies.ListEpochsAsync(id, cancellationToken).ToListAsync(cancellationToken),
        });
    }
}
