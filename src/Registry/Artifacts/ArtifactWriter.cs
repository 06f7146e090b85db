using MacroCausal.Storage;

namespace MacroCausal.Registry.Artifacts;

/// <summary>Writes a model's artifacts into its folder.</summary>
internal sealed class ArtifactWriter(IObjectStore objects)
{
    public async Task WriteAsync(string folder, IReadOnlyList<KeyValuePair<string, byte[]>> files, CancellationToken cancellationToken)
    {
        foreach (var (name, content) in files)
        {
            await objects.PutAsync(folder + name, new MemoryStream(content, writable: false), cancellationToken);
        }
    }
}
