using System.Globalization;
using MacroCausal.Cli.Progress;
using MacroCausal.Storage;
using MacroCausal.Data.Baselines;

namespace MacroCausal.Cli.Commands;

/// <summary>Registered models as lines that fit a pipe: never wrapped, whatever the terminal.</summary>
internal static class ModelsOutput
{
    public static void List(TextWriter output, IReadOnlyList<ModelRecord> models)
    {
        output.WriteLine(Line("created", "status", ["rmse", .. Baseline.All.Select(baseline => baseline.Name)], "execution"));
        foreach (var model in models)
        {
            output.WriteLine(Line(
                model.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                model.Status,
                [Root(model, "validation_loss"), .. Baseline.All.Select(baseline => Root(model, Baseline.MetricKey(baseline.Name)))],
                model.ExecutionId));
        }
    }

    public static void Show(TextWriter output, ModelRecord model, string? folder)
    {
        foreach (var (name, value) in Rows(model, folder))
        {
            output.WriteLine("{0,-16}  {1}", name, value);
        }
    }

    private static IEnumerable<(string Name, string Value)> Rows(ModelRecord model, string? folder) =>
    [
        ("model", model.ModelId),
        ("execution", model.ExecutionId),
        ("created", model.CreatedAt.ToString("O", CultureInfo.InvariantCulture)),
        ("status", model.Status),
        ("version", model.Version),
        ("config", StudyText.Config(model.Config)),
        .. model.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal).Select(metric => (metric.Key, metric.Value.ToString("G6", CultureInfo.InvariantCulture))),
        ("weights sha256", model.WeightsSha256),
        ("uri", model.ModelUri),
        .. folder is null ? Array.Empty<(string, string)>() : [("artifacts", folder)],
    ];

    private static string Line(string created, string status, IEnumerable<string> errors, string execution) =>
        $"{created,-19}  {status,-10}  {string.Join("  ", errors.Select(error => error.PadLeft(12)))}  {execution}";

    private static string Root(ModelRecord model, string metric) =>
        model.Metrics.TryGetValue(metric, out var loss) ? Math.Sqrt(loss).ToString("G4", CultureInfo.InvariantCulture) : "";
}
