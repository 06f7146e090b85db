using MacroCausal.Reporting.Documents;
using MacroCausal.Reporting.Sections;
using MacroCausal.Reporting.Studies;

namespace MacroCausal.Reporting;

/// <summary>The report of a study: its sections, the most important one first.</summary>
internal static class StudyReport
{
    private static readonly Func<StudyFacts, Section?>[] All =
    [
        VerdictSection.Of, ForecastSection.Of, HistorySection.Of, CurveSection.Of, RungSection.Of, SearchSection.Of,
        EnsembleSection.Of, FeatureSection.Of, ResidualSection.Of, DataSection.Of, TimelineSection.Of, FailureSection.Of,
        ReproductionSection.Of,
    ];

    public static Report Of(StudyFacts facts) => Of(facts, All);

    /// <summary>The report with these sections alone.</summary>
    public static Report Of(StudyFacts facts, IEnumerable<Func<StudyFacts, Section?>> sections) => new()
    {
        Title = $"Study {facts.Settings.ExecutionId}",
        Subtitle = Subtitle(facts),
        Word = facts.Request.Failures.Count > 0 ? "failed" : facts.Model?.Verdict?.Word ?? "no verdict",
        Sections = [.. sections.Select(section => section(facts)).OfType<Section>()],
    };

    private static string Subtitle(StudyFacts facts)
    {
        var data = facts.Request.Data;
        string[] parts =
        [
            $"predicts {facts.Settings.Target}",
            .. facts.Settings.DataSource is { } source ? [source] : Array.Empty<string>(),
            .. data is null
                ? Array.Empty<string>()
                : [Invariant($"{data.TrainRows} rows to train, {data.ValidationRows} to validate, {data.TestRows} to test")],
            Invariant($"{facts.Trials.Count} trials, {facts.Epochs.Count} epochs"),
            Invariant($"begun {facts.Request.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"),
        ];
        return string.Join(" · ", parts);
    }
}
