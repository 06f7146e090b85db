using System.CommandLine;
using MacroCausal.Cli.Embedded;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Cli.Commands;

/// <summary>Where studies are: on AWS, or in a directory.</summary>
internal sealed class StudyStores : IDisposable
{
    // Enough to find what was mistyped.
    private const int MaxIds = 1000;

    private readonly IDisposable _owner;

    private readonly Func<string?, IModelRegistry> _registry;

    private StudyStores(IDisposable owner, IObjectStore objects, IStudyStore studies, Func<string?, IModelRegistry> registry) =>
        (_owner, Objects, Studies, _registry) = (owner, objects, studies, registry);

    public IObjectStore Objects { get; }

    public IStudyStore Studies { get; }

    /// <summary>The directory; null on AWS.</summary>
    public EmbeddedStore? Directory { get; private init; }

    /// <summary>The process that talks to AWS; null in a directory.</summary>
    public IHost? Aws => _owner as IHost;

    public static Option<bool> AwsOption() => new("--aws") { Description = "Read S3 and DynamoDB instead of --store" };

    public static StudyStores Open(ParseResult parsed, Option<bool> aws, Option<string> store) =>
        parsed.GetValue(aws) ? OpenAws() : Open(CommonOptions.StoreOf(parsed, store));

    public static StudyStores OpenAws()
    {
        var host = AwsHost.Build(null);
        var services = host.Services;
        return new StudyStores(
            host,
            services.GetRequiredService<IObjectStore>(),
            services.GetRequiredService<IStudyStore>(),
            table => table is null
                ? services.GetRequiredService<IModelRegistry>()
                : services.GetRequiredService<IModelRegistries>().Open(table));
    }

    public static StudyStores Open(EmbeddedStore directory)
    {
        var stores = EmbeddedStores.OpenExisting(directory);
        return new StudyStores(stores, stores.Objects, stores.Studies, _ => stores.Models) { Directory = directory };
    }

    /// <summary>The study of that execution, or the one whose model has that id.</summary>
    public async Task<StudyRecord> StudyAsync(string id, CancellationToken cancellationToken)
    {
        var model = await Registry.FindByIdOrExecutionAsync(id, cancellationToken);
        return await FindAsync(model?.ExecutionId ?? id, cancellationToken);
    }

    /// <summary>The study of that execution.</summary>
    /// <exception cref="BadInputException">There is none; the message names the nearest ids.</exception>
    public async Task<StudyRecord> FindAsync(string executionId, CancellationToken cancellationToken)
    {
        if (await Studies.FindStudyAsync(executionId, cancellationToken) is { } study) return study;

        var ids = await Studies.ListStudiesAsync(cancellationToken).Select(known => known.ExecutionId)
            .Where(id => !WalkForwardFold.IsFoldId(id)).Take(MaxIds).ToListAsync(cancellationToken);
        var nearest = Spelling.Nearest(executionId, ids).Select(id => $"'{id}'").ToList();
        var there = nearest.Count == 0 ? "there is none at all" : $"the nearest are {string.Join(", ", nearest)}";
        var place = Directory is { } directory ? $"in '{directory.Directory}'" : "in the study table (STUDY_TABLE)";
        throw new BadInputException($"There is no study '{executionId}' {place}; {there}. 'macrocausal studies list' names all.");
    }

    /// <summary>The process's own registry.</summary>
    public IModelRegistry Registry => _registry(null);

    /// <summary>The registry that a study's model goes to.</summary>
    public IModelRegistry RegistryOf(StudySettings settings) => _registry(settings.ModelRegistryTable);

    /// <summary>Path of an object where it is on this machine, else its address.</summary>
    public string PathOf(string uri) => (Objects as DirectoryObjectStore)?.PathOf(uri) ?? uri;

    public void Dispose() => _owner.Dispose();
}
