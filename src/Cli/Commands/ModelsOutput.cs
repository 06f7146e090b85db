using System.Globalization;
using MacroCausal.Cli.Progress;
using MacroCausal.Storage.Models;
using MacroCausal.Storage.Objects;
using Spectre.Console;

namespace MacroCausal.Cli.Commands;

/// <summary>Registered models on paper.</summary>
internal static class ModelsOutput
{
    public static void List(IReadOnlyList<ModelRecord> models)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumns("execution", "created", "status", "validation rmse", "mean", "ridge");
        foreach (var model in models)
        {
            table.AddRow(
                Markup.Escape(model.ExecutionId),
                model.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                Markup.Escape(model.Status),
                Root(model, "validation_loss"),
                Root(model, "mean_baseline"),
                Root(model, "ridge_baseline"));
        }

        AnsiConsole.Write(table);
    }

    public static void Show(ModelRecord model, DirectoryObjectStore objects)
    {
        var grid = new Grid().AddColumn().AddColumn();
        Row(grid, "model", model.ModelId);
        Row(grid, "execution", model.ExecutionId);
        Row(grid, "created", model.CreatedAt.ToString("O", CultureInfo.InvariantCulture));
        Row(grid, "status", model.Status);
        Row(grid, "version", model.Version);
        Row(grid, "config", StudyText.Config(model.Config));
        foreach (var (name, value) in model.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal))
        {
            Row(grid, name, value.ToString("G6", CultureInfo.InvariantCulture));
        }

        Row(grid, "weights sha256", model.WeightsSha256);
        Row(grid, "uri", model.ModelUri);
        Row(grid, "artifacts", objects.PathOf(model.ModelUri.TrimEnd('/')));
        AnsiConsole.Write(grid);
    }

    private static void Row(Grid grid, string name, string value) => grid.AddRow(new Text(name), new Text(value));

    private static string Root(ModelRecord model, string metric) =>
        model.Metrics.TryGetValue(metric, out var loss) ? Math.Sqrt(loss).ToString("G4", CultureInfo.InvariantCulture) : "";
}
