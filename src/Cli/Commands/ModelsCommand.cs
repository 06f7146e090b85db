using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Progress;
using MacroCausal.Data.Baselines;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal models</c>: what is registered.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new("models", "List, show, promote and demote registered models")
    {
        CreateList(),
        CreateShow(),
        CreatePromote(),
        CreateDemote(),
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
            var described = await stores.DescribeAsync(await models.ToListAsync(cancellationToken), cancellationToken);
            ModelsOutput.List(parsed.InvocationConfiguration.Output, described);
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
            var described = await stores.DescribeAsync([found], cancellationToken);
            ModelsOutput.Show(parsed.InvocationConfiguration.Output, described[0], stores.FolderOf(found));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreatePromote()
    {
        var status = new Option<string>("--status") { Description = "The new status", DefaultValueFactory = _ => ModelStatuses.Production };
        return CreateChange("promote", "Give a model another status", status, parsed => CheckStatus(parsed.GetRequiredValue(status)));
    }

    private static Command CreateDemote() =>
        CreateChange("demote", "Give a model back the status that every model begins with", null, _ => ModelStatuses.Trained);

    private static Command CreateChange(string name, string description, Option? option, Func<ParseResult, string> statusOf)
    {
        var (model, aws, store, json) = (ModelArgument(), ModelsStore.AwsOption(), CommonOptions.Store(), CommonOptions.Json());
        var command = new Command(name, description) { model, aws, store, json };
        if (option is not null) command.Add(option);

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var status = statusOf(parsed);
            using var stores = ModelsStore.Open(parsed, aws, store);
            var found = await FindAsync(stores, parsed.GetRequiredValue(model), cancellationToken);
            var change = await ModelPromotion.RunAsync(stores.Models, found.ModelId, status, found.Status, cancellationToken);
            OutputOf(parsed, json).Say(ModelPromotion.Sentence(change), change);
            return ExitCodes.Done;
        });
        return command;
    }

    private static StudiesOutput OutputOf(ParseResult parsed, Option<bool> json) =>
        new(parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);

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

/// <summary>A registered model, and what its <c>metadata.json</c> says of the data; empty where that cannot be read.</summary>
internal sealed record DescribedModel(ModelRecord Model, StoredMetadata Metadata);

/// <summary>Registered models as lines that fit a pipe: never wrapped, whatever the terminal. Times are UTC.</summary>
internal static class ModelsOutput
{
    public static void List(TextWriter output, IReadOnlyList<DescribedModel> models)
    {
        output.WriteSentence(Line("created (UTC)", "status", ["rmse", "best baseline"],
            ["target", "trained on", "execution", "data"]));
        foreach (var (model, metadata) in models)
        {
            output.WriteSentence(Line(
                Utc(model.CreatedAt),
                model.Status,
                [Root(Metric(model, "validation_loss")), Root(BestBaseline(model))],
                [metadata.Data?.Target, Dates(metadata.Data?.Profile?.TrainDates), model.ExecutionId, metadata.Settings?.DataSource]));
        }
    }

    public static void Show(TextWriter output, DescribedModel model, string? folder)
    {
        foreach (var (name, value) in Rows(model.Model, model.Metadata, folder))
        {
            output.WriteSentence($"{name,-16}  {value}");
        }
    }

    private static string Line(string created, string status, IEnumerable<string> errors, IEnumerable<string?> texts) =>
        $"{created,-19}  {status,-10}  {string.Join("  ", errors.Select(error => error.PadLeft(13)))}  "
        + string.Join("  ", texts.Select((text, index) => index == 3 ? text : (text ?? "?").PadRight(index == 0 ? 12 : 24))).TrimEnd();

    private static IEnumerable<(string Name, string Value)> Rows(ModelRecord model, StoredMetadata metadata, string? folder) =>
    [
        ("model", model.ModelId),
        ("execution", model.ExecutionId),
        ("created", Utc(model.CreatedAt) + " UTC"),
        ("status", model.Status),
        ("version", model.Version),
        ("target", metadata.Data?.Target ?? "?"),
        ("data", metadata.Settings?.DataSource ?? "?"),
        ("trained on", Rows(metadata.Data?.TrainRows, metadata.Data?.Profile?.TrainDates)),
        ("validated on", Rows(metadata.Data?.ValidationRows, metadata.Data?.Profile?.ValidationDates)),
        ("config", StudyText.Config(model.Config)),
        .. model.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal)
            .Select(metric => (metric.Key, metric.Value.ToString("G6", CultureInfo.InvariantCulture))),
        ("weights sha256", model.WeightsSha256),
        ("uri", model.ModelUri),
        .. folder is null ? Array.Empty<(string, string)>() : [("artifacts", folder)],
    ];

    private static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Rows(int? rows, DateRange? dates) =>
        rows is null ? "?" : dates is null ? Invariant($"{rows} rows") : Invariant($"{rows} rows, {Dates(dates)}");

    private static string? Dates(DateRange? dates) =>
        dates is null ? null : Invariant($"{dates.First:yyyy-MM-dd}..{dates.Last:yyyy-MM-dd}");

    private static double? BestBaseline(ModelRecord model) =>
        Baseline.All.Min(baseline => Metric(model, Baseline.MetricKey(baseline.Name)));

    private static double? Metric(ModelRecord model, string name) => model.Metrics.TryGetValue(name, out var value) ? value : null;

    private static string Root(double? loss) => loss is { } value ? Math.Sqrt(value).ToString("G4", CultureInfo.InvariantCulture) : "";
}

/// <summary>Where the models are that a person asks for: in a directory, or with <c>--aws</c> in DynamoDB.</summary>
internal sealed class ModelsStore : IDisposable
{
    private const int MaxConcurrentReads = 16;

    private readonly IDisposable _owner;
    private readonly IObjectStore _objects;

    private ModelsStore(IDisposable owner, IModelRegistry models, IObjectStore objects)
    {
        _owner = owner;
        _objects = objects;
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
            var services = host.Services;
            return new ModelsStore(host, services.GetRequiredService<IModelRegistry>(), services.GetRequiredService<IObjectStore>());
        }

        var stores = EmbeddedStores.OpenExisting(CommonOptions.StoreOf(parsed, store));
        return new ModelsStore(stores, stores.Models, stores.Objects);
    }

    /// <summary>The folder of a model's artifacts on this machine, or null where they are not on it.</summary>
    public string? FolderOf(ModelRecord model) => (_objects as DirectoryObjectStore)?.PathOf(model.ModelUri.TrimEnd('/'));

    /// <summary>The models in their order, with what their artifacts say of the data.</summary>
    public async Task<IReadOnlyList<DescribedModel>> DescribeAsync(
        IReadOnlyList<ModelRecord> models, CancellationToken cancellationToken)
    {
        var described = new DescribedModel[models.Count];
        await Parallel.ForAsync(
            0,
            models.Count,
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentReads, CancellationToken = cancellationToken },
            async (index, token) => described[index] = new DescribedModel(models[index], await MetadataOfAsync(models[index], token)));
        return described;
    }

    // A model without readable artifacts is still registered, and is listed.
    private async Task<StoredMetadata> MetadataOfAsync(ModelRecord model, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = await _objects.FindAsync(model.ModelUri + StoredMetadata.FileName, cancellationToken);
            return content is null ? new StoredMetadata() : await StoredMetadata.ReadAsync(content, cancellationToken);
        }
        catch (Exception exception) when (exception is ObjectStoreException or JsonException)
        {
            return new StoredMetadata();
        }
    }

    public void Dispose() => _owner.Dispose();
}
