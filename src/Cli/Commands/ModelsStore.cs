using System.CommandLine;
using MacroCausal.Cli.Aws;
using MacroCausal.Cli.Embedded;
using MacroCausal.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Cli.Commands;

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

    public static Option<bool> AwsOption() => new("--aws") { Description = "Look into DynamoDB, table MODEL_REGISTRY_TABLE, instead of --store" };

    public static ModelsStore Open(ParseResult parsed, Option<bool> aws, Option<string> store)
    {
        if (parsed.GetValue(aws))
        {
            var host = AwsBus.Build(null);
            return new ModelsStore(host, host.Services.GetRequiredService<IModelRegistry>(), null);
        }

        var stores = EmbeddedStores.OpenExisting(CommonOptions.StoreOf(parsed, store));
        return new ModelsStore(stores, stores.Models, stores.Objects.PathOf);
    }

    /// <summary>The folder of a model's artifacts on this machine, or null where they are not on it.</summary>
    public string? FolderOf(ModelRecord model) => _pathOf?.Invoke(model.ModelUri.TrimEnd('/'));

    /// <inheritdoc/>
    public void Dispose() => _owner.Dispose();
}
