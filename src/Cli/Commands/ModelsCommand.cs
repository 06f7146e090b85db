using System.CommandLine;
using System.Globalization;
using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Progress;
using MacroCausal.Data.Baselines;
using MacroCausal.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal models</c>: what is registered.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new("models", "List, show and promote registered models")
    {
        CreateList(),
        CreateShow(),
        CreatePromote(),
    };

    private static Command CreateList()
    {
        var status = new Option<string?>("--status") { Description = "Only models of this status, as TRAINED" };
        var (aws, store) = (ModelsStore.AwsOption(), CommonOptions.Store());
        var command = new Command("list", "List models, latest first") { status, aws, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = ModelsStore.Open(parsed, aws, store);
            var models = stores.Models.ListAsync(status: parsed.GetValue(status), cancellationToken: cancellationToken);
            ModelsOutput.List(parsed.InvocationConfiguration.Output, await models.ToListAsync(cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateShow()
    {
        var (model, aws, store) = (ModelArgument(), ModelsStore.AwsOption(), CommonOptions.Store());
        var command = new Command("show", "Show all that is known of a model") { model, aws, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = ModelsStore.Open(parsed, aws, store);
            var found = await FindAsync(stores, parsed.GetRequiredValue(model), cancellationToken);
            ModelsOutput.Show(parsed.InvocationConfiguration.Output, found, stores.FolderOf(found));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreatePromote()
    {
        var status = new Option<string>("--status") { Description = "The new status", DefaultValueFactory = _ => "PRODUCTION" };
        var (model, aws, store) = (ModelArgument(), ModelsStore.AwsOption(), CommonOptions.Store());
        var command = new Command("promote", "Give a model another status") { model, status, aws, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = ModelsStore.Open(parsed, aws, store);
            var found = await FindAsync(stores, parsed.GetRequiredValue(model), cancellationToken);
            var promoted = CheckStatus(parsed.GetRequiredValue(status));
            await stores.Models.SetStatusAsync(found.ModelId, promoted, cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{found.ModelId}: {found.Status} -> {promoted}");
            return ExitCodes.Done;
        });
        return command;
    }

    // A status is a key of the registry's index, and one word of a line.
    private static string CheckStatus(string status) =>
        status.Length is > 0 and <= 64 && status.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
            ? status
            : throw new BadInputException($"--status is '{status}'; it must be 1 to 64 letters, digits, '_' and '-', as PRODUCTION.");

    private static Argument<string> ModelArgument() => new("model") { Description = "Id of the model, or of its execution" };

    private static async Task<ModelRecord> FindAsync(ModelsStore stores, string id, CancellationToken cancellationToken) =>
        await stores.Models.FindByIdOrExecutionAsync(id, cancellationToken)
        ?? throw new BadInputException(
            $"There is no model '{id}', and no model of an execution '{id}'; 'macrocausal models list' names those that there are.");
}

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

    private static string Line(string created, string status, IEnumerable<string> errors, string execution) =>
        $"{created,-19}  {status,-10}  {string.Join("  ", errors.Select(error => error.PadLeft(12)))}  {execution}";

    private static IEnumerable<(string Name, string Value)> Rows(ModelRecord model, string? folder) =>
    [
        ("model", model.ModelId),
        ("execution", model.ExecutionId),
        ("created", model.CreatedAt.ToString("O", CultureInfo.InvariantCulture)),
        ("status", model.Status),
        ("version", model.Version),
        ("config", StudyText.Config(model.Config)),
        .. model.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal)
            .Select(metric => (metric.Key, metric.Value.ToString("G6", CultureInfo.InvariantCulture))),
        ("weights sha256", model.WeightsSha256),
        ("uri", model.ModelUri),
        .. folder is null ? Array.Empty<(string, string)>() : [("artifacts", folder)],
    ];

    private static string Root(ModelRecord model, string metric) =>
        model.Metrics.TryGetValue(metric, out var loss) ? Math.Sqrt(loss).ToString("G4", CultureInfo.InvariantCulture) : "";
}

/// <summary>Where the models are that a person asks for: in a directory, or with <c>--aws</c> in DynamoDB.</summary>
internal sealed class ModelsStore : IDisposable
{
    private readonly IDisposable _owner;
    private readonly Func<string, string>? _pathOf;

    private ModelsStore(IDisposable owner, IModelRegistry models, Func<string, string>? pathOf)
    {
        _owner = owner;
        _pathOf = pathOf;
        Models = models;
    }

    public IModelRegistry Models { get; }

    public static Option<bool> AwsOption() =>
        new("--aws") { Description = "Read DynamoDB, table MODEL_REGISTRY_TABLE, instead of --store" };

    public static ModelsStore Open(ParseResult parsed, Option<bool> aws, Option<string> store)
    {
        if (parsed.GetValue(aws))
        {
            var host = AwsHost.Build(null);
            return new ModelsStore(host, host.Services.GetRequiredService<IModelRegistry>(), null);
        }

        var stores = EmbeddedStores.OpenExisting(CommonOptions.StoreOf(parsed, store));
        return new ModelsStore(stores, stores.Models, stores.Objects.PathOf);
    }

    /// <summary>The folder of a model's artifacts on this machine, or null where they are not on it.</summary>
    public string? FolderOf(ModelRecord model) => _pathOf?.Invoke(model.ModelUri.TrimEnd('/'));

    public void Dispose() => _owner.Dispose();
}
