using System.Collections.Concurrent;
using MacroCausal.Reporting;
using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Studies;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.Tuner.Studies;

namespace MacroCausal.Dashboard.Studies;

/// <summary>
/// Reads what the pages show. What a study comes to is kept until its stamp changes, so a store of many studies is read once.
/// </summary>
/// <param name="studies">The records.</param>
/// <param name="objects">The files of models.</param>
/// <param name="stampOf">The present stamp of a study; null where it is not known yet.</param>
/// <param name="trialStampsOf">The present stamps of a study's trials.</param>
internal sealed class StudyCatalog(
    IStudyStore studies, IObjectStore objects, Func<string, string?> stampOf,
    Func<string, IReadOnlyDictionary<int, TrialStamp>> trialStampsOf) : IDisposable
{
    /// <summary>Studies that the list has, the latest ones.</summary>
    public const int MaxStudies = 200;

    private readonly LiveReportReader _reader = new(objects, studies);
    private readonly KnownRecords _records = new(studies, trialStampsOf);
    private readonly ConcurrentDictionary<string, (string Stamp, SeenStudy Study)> _seen = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private (string Stamp, ShownStudy Study)? _shown;

    /// <summary>The latest studies, latest first; folds stand in the row of the study that they judge.</summary>
    public async Task<IReadOnlyList<StudyRow>> ListAsync(CancellationToken cancellationToken)
    {
        var records = await studies.ListStudiesAsync(cancellationToken).ToListAsync(cancellationToken);
        var folds = records.ToLookup(record => WalkForwardFold.StudyOf(record.ExecutionId));
        var rows = new List<StudyRow>();
        foreach (var record in records.Where(record => !WalkForwardFold.IsFoldId(record.ExecutionId)).Take(MaxStudies))
        {
            rows.Add(await RowAsync(record, folds[record.ExecutionId], cancellationToken));
        }

        return rows;
    }

    /// <summary>A study with its figures; null where there is none, or this version cannot read it.</summary>
    public async Task<ShownStudy?> FindAsync(string executionId, CancellationToken cancellationToken)
    {
        // A page asks for what stands above the figures and for the figures at once.
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (await studies.FindStudyAsync(executionId, cancellationToken) is not { } record) return null;
            if (StudySummary.TryRead(record) is not { } study) return null;

            var own = stampOf(executionId);
            var stamps = study.Settings.Folds().Select(fold => stampOf(fold.ExecutionId));
            var stamp = string.Join('|', [executionId, own, .. stamps]);
            if (own is null || _shown is not { } shown || shown.Stamp != stamp)
            {
                _shown = shown = (stamp, await ReadAsync(record, study, cancellationToken));
            }

            return shown.Study;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// The report of a study that is over, as it is stored, or made anew where it is not. Null where there is no such study.
    /// </summary>
    public async Task<Stream?> FindReportAsync(string executionId, CancellationToken cancellationToken)
    {
        if (await studies.FindStudyAsync(executionId, cancellationToken) is not { IsOver: true } record) return null;
        if (StudySummary.TryRead(record) is not { } study) return null;
        var request = RequestOf(study);
        return await objects.FindAsync(ReportWriter.UriOf(request), cancellationToken)
            ?? new MemoryStream(await new ReportWriter(objects, studies).MakeAsync(request, cancellationToken), writable: false);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static ReportRequest RequestOf(StudyInstance study) => new()
    {
        Settings = study.Settings,
        StartedAt = study.StartedAt,
        Data = study.Data,
        Failures = study.Failed?.Reasons ?? [],
    };

    private async Task<ShownStudy> ReadAsync(StudyRecord record, StudyInstance study, CancellationToken cancellationToken)
    {
        var folds = new List<StudyRecord>();
        foreach (var fold in study.Settings.Folds())
        {
            if (await studies.FindStudyAsync(fold.ExecutionId, cancellationToken) is { } known)
            {
                folds.Add(known);
            }
        }

        var stamp = stampOf(record.ExecutionId);
        var (trials, epochs) = await _records.ReadAsync(record, cancellationToken);
        var live = await _reader.ReadAsync(RequestOf(study), trials, epochs, cancellationToken);
        Keep(stamp, Seen(record, study, live));
        return new ShownStudy(record, study, await RowAsync(record, folds, cancellationToken), live);
    }

    private async Task<StudyRow> RowAsync(StudyRecord record, IEnumerable<StudyRecord> folds, CancellationToken cancellationToken)
    {
        var seen = new List<SeenStudy>();
        foreach (var fold in folds)
        {
            seen.Add(await SeeAsync(fold, cancellationToken));
        }

        return StudyRow.Of(await SeeAsync(record, cancellationToken), seen);
    }

    private async Task<SeenStudy> SeeAsync(StudyRecord record, CancellationToken cancellationToken)
    {
        var stamp = stampOf(record.ExecutionId);
        if (stamp is not null && _seen.TryGetValue(record.ExecutionId, out var known) && known.Stamp == stamp) return known.Study;

        var study = StudySummary.TryRead(record);
        if (study is null) return Keep(stamp, Seen(record, null, null));

        var (trials, epochs) = await _records.ReadAsync(record, cancellationToken);
        return Keep(stamp, Seen(record, study, LiveReportReader.OfRecords(RequestOf(study), trials, epochs)));
    }

    private static SeenStudy Seen(StudyRecord record, StudyInstance? study, LiveReport? live) => new(
        record,
        study,
        StudySummary.Of(record, study, live?.Trials ?? []),
        live?.BestSoFar ?? [],
        live is { Epochs.Count: > 0 } ? live.Epochs.Max(epoch => epoch.RecordedAt) : null);

    private SeenStudy Keep(string? stamp, SeenStudy seen)
    {
        if (stamp is not null)
        {
            _seen[seen.Record.ExecutionId] = (stamp, seen);
        }

        return seen;
    }
}

/// <summary>A study as it was read.</summary>
internal sealed record ShownStudy(StudyRecord Record, StudyInstance Study, StudyRow Row, LiveReport Live)
{
    /// <summary>What stands above its figures.</summary>
    public StudyPage Page => new()
    {
        Row = Row,
        Subtitle = Live.Report.Subtitle,
        Verdict = Study.Completed?.Verdict?.Sentence,
        Reasons = Study.Failed?.Reasons ?? [],
        ExpectedEnd = ExpectedEnd.Of(Row),
        FoldOf = Study.Settings.Fold?.Study,
    };

    /// <summary>Its figures, what happens just now first.</summary>
    public Report Figures => Live.Report with
    {
        Sections =
        [
            .. Live.Report.Sections.Where(section => section.Id == "verdict"),
            .. new[] { RunningSection.Of(Record, Live.Trials, Live.Epochs) }.OfType<Section>(),
            .. Live.Report.Sections.Where(section => section.Id != "verdict"),
            .. new[] { FoldSection.Of(Row) }.OfType<Section>(),
        ],
    };
}
