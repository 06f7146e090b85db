using System.Security.Cryptography;
using System.Text.Json;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Export;
using MacroCausal.Storage;

namespace MacroCausal.Cli.Embedded;

/// <summary>A model out of its folder: how a table is prepared for it, and its weights.</summary>
internal sealed record StoredModel(FittedPreprocessor Preparation, TrainedModel Network)
{
    private const string Weights = "model.safetensors";

    private const string Scaler = "scaler.json";

    private const string Metadata = "metadata.json";

    /// <summary>Reads both, checked against the hashes in <c>metadata.json</c>.</summary>
    /// <exception cref="BadInputException">A file is missing, damaged, or of another model.</exception>
    public static async Task<StoredModel> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            var hashes = Hashes(await ReadAsync(folder, Metadata, cancellationToken));
            var scaler = await ReadAsync(folder, Scaler, cancellationToken);
            var weights = await ReadAsync(folder, Weights, cancellationToken);
            Check(folder, Scaler, scaler, hashes);
            Check(folder, Weights, weights, hashes);
            using var stream = new MemoryStream(weights);
            return new StoredModel(FittedPreprocessor.FromJson(scaler), TrainedModel.Read(stream));
        }
        catch (Exception exception) when (exception is ModelFileException or TableException or JsonException)
        {
            throw new BadInputException($"The model in '{folder}' cannot be used: {exception.Message}");
        }
    }

    private static async Task<byte[]> ReadAsync(string folder, string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path)
            ? await File.ReadAllBytesAsync(path, cancellationToken)
            : throw new BadInputException($"'{folder}' holds no {name}; check --model: it must be a folder that macrocausal wrote.");
    }

    private static Dictionary<string, string> Hashes(byte[] metadata) =>
        JsonSerializer.Deserialize<ArtifactHashes>(metadata, JsonSerializerOptions.Web)?.Artifacts ?? [];

    private static void Check(string folder, string name, byte[] content, Dictionary<string, string> hashes)
    {
        if (hashes.GetValueOrDefault(name) != Convert.ToHexStringLower(SHA256.HashData(content)))
        {
            throw new BadInputException(
                $"{name} in '{folder}' is not the file that {Metadata} describes: it was changed or damaged; "
                + "restore the folder, or train again.");
        }
    }

    /// <summary>What is needed of <c>metadata.json</c>.</summary>
    private sealed record ArtifactHashes(Dictionary<string, string>? Artifacts);
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
