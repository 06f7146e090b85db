using System.Globalization;
using MacroCausal.Cli.Progress;
using MacroCausal.Storage;

namespace MacroCausal.Cli.Commands;

/// <summary>Registered models as lines that fit a pipe: never wrapped, whatever the terminal.</summary>
internal static class ModelsOutput
{
    private const string Line = "{0,-19}  {1,-10}  {2,12}  {3,12}  {4,12}  {5}";

    public static void List(TextWriter output, IReadOnlyList<ModelRecord> models)
    {
        output.WriteLine(Line, "created", "status", "rmse", "mean", "ridge", "execution");
        foreach (var model in models)
        {
            output.WriteLine(
                Line,
                model.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                model.Status,
                Root(model, "validation_loss"),
                Root(model, "mean_baseline"),
                Root(model, "ridge_baseline"),
                model.ExecutionId);
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

    private static string Root(ModelRecord model, string metric) =>
        model.Metrics.TryGetValue(metric, out var loss) ? Math.Sqrt(loss).ToString("G4", CultureInfo.InvariantCulture) : "";
}
