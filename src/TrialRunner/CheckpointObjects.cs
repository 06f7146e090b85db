using System.Security.Cryptography;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Storage;

namespace MacroCausal.TrialRunner;

/// <summary>A checkpoint in the object store.</summary>
internal sealed record StoredCheckpoint(ObjectReference Reference, Checkpoint Checkpoint);

/// <summary>
/// A trial's checkpoints in the object store: the one at the end of a segment, written once, and the partial one, overwritten and at
/// last removed.
/// </summary>
internal sealed class CheckpointObjects(IObjectStore objects)
{
    public static string FinalUri(RunTrial segment) =>
        ObjectKeys.Uri(segment.ArtifactsBucket, ObjectKeys.Checkpoint(segment.ExecutionId, segment.Trial, segment.ToEpoch));

    public static string PartialUri(RunTrial segment) =>
        ObjectKeys.Uri(segment.ArtifactsBucket, ObjectKeys.PartialCheckpoint(segment.ExecutionId, segment.Trial, segment.ToEpoch));

    /// <summary>The checkpoint at an address, or null.</summary>
    public async Task<StoredCheckpoint?> FindAsync(string uri, CancellationToken cancellationToken)
    {
        await using var content = await objects.FindAsync(uri, cancellationToken);
        if (content is null) return null;

        using var memory = new MemoryStream();
        await content.CopyToAsync(memory, cancellationToken);
        var hash = Convert.ToHexStringLower(SHA256.HashData(memory.GetBuffer().AsSpan(0, (int)memory.Length)));
        memory.Position = 0;
        return new StoredCheckpoint(new ObjectReference(uri, hash), Checkpoint.Read(memory));
    }

    /// <summary>The checkpoint that a segment starts from, its content checked against its hash.</summary>
    public async Task<Checkpoint> OpenAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        await using var content = await objects.OpenAsync(reference, cancellationToken);
        return Checkpoint.Read(content);
    }

    /// <summary>Writes the checkpoint at the end of a segment, unless another runner did; it would be the same.</summary>
    public async Task<ObjectReference> AddFinalAsync(RunTrial segment, Checkpoint checkpoint)
    {
        using var content = Content(checkpoint);
        return await objects.TryAddAsync(FinalUri(segment), content)
            ?? (await FindAsync(FinalUri(segment), CancellationToken.None))?.Reference
            ?? throw new SegmentException($"{FinalUri(segment)} was there and is gone; somebody deletes checkpoints of a study that runs.");
    }

    public async Task PutPartialAsync(RunTrial segment, Checkpoint checkpoint)
    {
        using var content = Content(checkpoint);
        await objects.PutAsync(PartialUri(segment), content);
    }

    public Task DeletePartialAsync(RunTrial segment) => objects.DeleteAsync(PartialUri(segment));

    private static MemoryStream Content(Checkpoint checkpoint)
    {
        var memory = new MemoryStream();
        checkpoint.Write(memory);
        memory.Position = 0;
        return memory;
    }
}
