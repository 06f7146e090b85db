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
    /// <summary>Of these records, and of the files of its model as they are now.</summary>
    /// <param name="request">The study.</param>
    /// <param name="trials">Every trial, by number.</param>
    /// <param name="epochs">Every epoch, by trial, then epoch.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<LiveReport> ReadAsync(
        ReportRequest request, IReadOnlyList<TrialRecord> trials, IReadOnlyList<EpochRecord> epochs,
        CancellationToken cancellationToken = default) =>
        new(await new StudyReader(objects, studies).ReadAsync(request, trials, epochs, cancellationToken));

    /// <summary>Of these records alone, without a look at its files: there is no verdict and no best trial.</summary>
    public static LiveReport OfRecords(
        ReportRequest request, IReadOnlyList<TrialRecord> trials, IReadOnlyList<EpochRecord> epochs) =>
        new(new StudyFacts { Request = request, Trials = trials, Epochs = epochs });
}
