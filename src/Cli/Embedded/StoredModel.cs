using System.Security.Cryptography;
using System.Text.Json;
using MacroCausal.Data.Baselines;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Export;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;

namespace MacroCausal.Cli.Embedded;

/// <summary>A model out of its folder: how a table is prepared for it, its networks, and what is recorded of it.</summary>
internal sealed record StoredModel(FittedPreprocessor Preparation, ModelEnsemble Network, StoredMetadata Metadata)
{
    private const string Weights = "model.safetensors";

    private const string Scaler = "scaler.json";

    private const string Baselines = "baselines.json";

    /// <summary>What a prediction is the weighted mean of: the networks, then every baseline that is part of the model, by name.</summary>
    public IEnumerable<(string Name, ModelEnsemble Model)> Parts
    {
        get
        {
            var baselines = Metadata.Combination?.Baselines ?? [];
            var networks = Network.Members.Count - baselines.Count;
            return baselines.Zip(Network.Members.Skip(networks), (baseline, member) => (baseline.Name, ModelEnsemble.Of(member.Model)))
                .Prepend(("networks", new ModelEnsemble([.. Network.Members.Take(networks)])));
        }
    }

    /// <summary>Reads all three, checked against the hashes in <c>metadata.json</c> and in the registry that knows the model.</summary>
    /// <exception cref="BadInputException">A file is missing, damaged, or of another model.</exception>
    public static async Task<StoredModel> ReadAsync(EmbeddedStore store, string folder, CancellationToken cancellationToken)
    {
        try
        {
            var metadata = StoredMetadata.Read(await ReadAsync(folder, StoredMetadata.FileName, cancellationToken));
            var scaler = await ReadCheckedAsync(folder, Scaler, metadata, cancellationToken);
            var weights = await ReadCheckedAsync(folder, Weights, metadata, cancellationToken);
            await CheckRegistriesAsync([store, StoreOf(folder)], folder, weights, metadata, cancellationToken);
            using var stream = new MemoryStream(weights);
            return new StoredModel(FittedPreprocessor.FromJson(scaler), ModelEnsemble.Read(stream), metadata);
        }
        catch (Exception exception) when (exception is ModelFileException or TableException or JsonException)
        {
            throw Unusable(folder, exception);
        }
    }

    /// <summary>Whether its baselines are beside it; those of a model that an older version wrote are not.</summary>
    public bool HasBaselines => Metadata.Artifacts?.ContainsKey(Baselines) == true;

    /// <summary>Reads its baselines, checked as the other files are; none where they are not beside it.</summary>
    /// <exception cref="BadInputException">The file is missing, damaged, or of another model.</exception>
    public async Task<IReadOnlyList<FittedBaseline>> ReadBaselinesAsync(string folder, CancellationToken cancellationToken)
    {
        if (!HasBaselines) return [];
        var json = await ReadCheckedAsync(folder, Baselines, Metadata, cancellationToken);
        try
        {
            return FittedBaseline.FromJson(json, Preparation.OwnFeatures);
        }
        catch (TableException exception)
        {
            throw Unusable(folder, exception);
        }
    }

    /// <summary>Reads another file of a model, checked against the hash in <c>metadata.json</c>.</summary>
    /// <exception cref="BadInputException">It is missing or damaged.</exception>
    public static async Task<byte[]> ReadCheckedAsync(
        string folder, string name, StoredMetadata metadata, CancellationToken cancellationToken)
    {
        var content = await ReadAsync(folder, name, cancellationToken);
        Check(folder, name, content, metadata);
        return content;
    }

    // The store that a folder is part of, where it is part of one: STORE/artifacts/models/EXECUTION.
    private static EmbeddedStore StoreOf(string folder) => new(Path.GetFullPath(Path.Combine(folder, "..", "..", "..")));

    private static async Task<byte[]> ReadAsync(string folder, string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path)
            ? await File.ReadAllBytesAsync(path, cancellationToken)
            : throw new BadInputException($"'{folder}' holds no {name}; check --model: it must be a folder that macrocausal wrote.");
    }

    private static BadInputException Unusable(string folder, Exception exception) =>
        new($"The model in '{folder}' cannot be used: {exception.Message}");

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static void Check(string folder, string name, byte[] content, StoredMetadata metadata)
    {
        if (metadata.Artifacts?.GetValueOrDefault(name) != Sha256(content))
        {
            throw new BadInputException(
                $"{name} in '{folder}' is not the file that {StoredMetadata.FileName} describes: it was changed or damaged; "
                + "restore the folder, or train again.");
        }
    }

    // metadata.json may have been changed along with the weights; the registry's record is kept elsewhere.
    private static async Task CheckRegistriesAsync(
        EmbeddedStore[] places, string folder, byte[] weights, StoredMetadata metadata, CancellationToken cancellationToken)
    {
        foreach (var place in places.Distinct().Where(place => metadata.ModelId is not null && File.Exists(place.Database)))
        {
            using var database = SqliteDatabase.Open(place.Database);
            var record = await new SqliteModelRegistry(database).FindAsync(metadata.ModelId!, cancellationToken);
            if (record is not null && record.WeightsSha256 != Sha256(weights))
            {
                throw new BadInputException(
                    $"{Weights} in '{folder}' has the SHA-256 {Sha256(weights)}, but {record.ModelId} was registered with "
                    + $"{record.WeightsSha256}: it is not the model that was trained; restore the folder from a copy, or train again.");
            }
        }
    }
}

/// <summary>What <c>metadata.json</c> says of a model; a field is null where the file lacks it.</summary>
internal sealed record StoredMetadata
{
    public const string FileName = "metadata.json";

    public string? ModelId { get; init; }

    /// <summary>SHA-256 of the other artifacts, by name.</summary>
    public Dictionary<string, string>? Artifacts { get; init; }

    public Dictionary<string, double>? Metrics { get; init; }

    /// <summary>Validation losses of the baselines, by name.</summary>
    public Dictionary<string, double>? Baselines { get; init; }

    /// <summary>What the study showed of the model.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>What stands beside the networks in the model; null where nothing does.</summary>
    public MetadataOfCombination? Combination { get; init; }

    public MetadataOfData? Data { get; init; }

    public MetadataOfSettings? Settings { get; init; }

    /// <exception cref="JsonException">It is no such file.</exception>
    public static StoredMetadata Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<StoredMetadata>(json, JsonSerializerOptions.Web) ?? new StoredMetadata();

    /// <exception cref="JsonException">It is no such file.</exception>
    public static async Task<StoredMetadata> ReadAsync(Stream json, CancellationToken cancellationToken) =>
        await JsonSerializer.DeserializeAsync<StoredMetadata>(json, JsonSerializerOptions.Web, cancellationToken) ?? new StoredMetadata();

    /// <summary>What is recorded of networks and baselines in one model.</summary>
    internal sealed record MetadataOfCombination(double NetworkShare, IReadOnlyList<MetadataOfBaseline> Baselines);

    /// <summary>What is recorded of a baseline in a model.</summary>
    internal sealed record MetadataOfBaseline(string Name, double Share);

    /// <summary>What is recorded of the table.</summary>
    internal sealed record MetadataOfData(string? Target, int? TrainRows, int? ValidationRows, MetadataOfProfile? Profile);

    /// <summary>What is recorded of the table's dates.</summary>
    internal sealed record MetadataOfProfile(DateRange? TrainDates, DateRange? ValidationDates);

    /// <summary>What is recorded of the settings.</summary>
    internal sealed record MetadataOfSettings(string? DataSource);
}

/// <summary>Finds the folder of a model that a person names, in whatever way.</summary>
internal static class ModelFolder
{
    /// <summary>By path, by <c>file://</c> or <c>s3://</c> address, by the model's id, or by that of its execution.</summary>
    public static async Task<string> FindAsync(EmbeddedStore store, string model, CancellationToken cancellationToken)
    {
        if (Directory.Exists(model)) return model;
        if (Uri.TryCreate(model, UriKind.Absolute, out var address) && address.IsFile && Directory.Exists(address.LocalPath))
        {
            return address.LocalPath;
        }

        using var stores = EmbeddedStores.OpenExisting(store);
        if (model.StartsWith("s3://", StringComparison.Ordinal)) return stores.Objects.PathOf(model.TrimEnd('/'));

        var found = await stores.Models.FindByIdOrExecutionAsync(model, cancellationToken);
        return found is null
            ? throw new BadInputException($"There is no model '{model}'; 'macrocausal models list' names those that there are.")
            : stores.Objects.PathOf(found.ModelUri.TrimEnd('/'));
    }
}

/// <summary>Finds a registered model by what a person types.</summary>
internal static class NamedModel
{
    /// <summary>The model of that id, else the latest of the execution of that id, else null.</summary>
    public static async Task<ModelRecord?> FindByIdOrExecutionAsync(
        this IModelRegistry models, string id, CancellationToken cancellationToken) =>
        await models.FindAsync(id, cancellationToken)
        ?? await models.ListAsync(executionId: id, cancellationToken: cancellationToken).FirstOrDefaultAsync(cancellationToken);
}
