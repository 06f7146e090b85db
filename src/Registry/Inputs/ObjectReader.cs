using System.Security.Cryptography;
using MacroCausal.Storage;

namespace MacroCausal.Registry.Inputs;

/// <summary>Reads objects whole. One that is gone or is another will not come back by trying again, so that is told apart from a store that fails.</summary>
internal sealed class ObjectReader(IObjectStore objects)
{
    /// <summary>Reads what a message refers to, and checks its hash.</summary>
    public async Task<byte[]> ReadAsync(ObjectReference reference, CancellationToken cancellationToken)
    {
        var content = await ReadAsync(reference.Uri, cancellationToken);
        return content.Sha256 == reference.Sha256
            ? content.Bytes
            : throw new RegistrationException(
                $"'{reference.Uri}' has the SHA-256 {content.Sha256}, not {reference.Sha256}: it was changed or damaged; restore it, or train again under another execution id.");
    }

    /// <summary>Reads what is at an address, whatever it is.</summary>
    public async Task<ObjectContent> ReadAsync(string uri, CancellationToken cancellationToken)
    {
        await using var stream = await objects.FindAsync(uri, cancellationToken)
            ?? throw new RegistrationException($"'{uri}' is not there, but the study's best model cannot be registered without it; restore it, or train again under another execution id.");
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return new(bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}

/// <summary>An object's content and its SHA-256.</summary>
internal sealed record ObjectContent(byte[] Bytes, string Sha256);
