using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MacroCausal.Storage;

/// <summary>
/// The address of an object, <c>s3://bucket/key</c>, taken as it stands: nothing is decoded, so a colon or a percent sign means itself.
/// Only addresses that are safe in S3 and in a directory alike can be made.
/// </summary>
public sealed record ObjectUri
{
    /// <summary>Longest key that S3 takes, in bytes of UTF-8.</summary>
    public const int MaxKeyBytes = 1024;

    private const string Scheme = "s3://";
    private const int MaxBucketCharacters = 255;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ObjectUri(string bucket, string key) => (Bucket, Key) = (bucket, key);

    /// <summary>The bucket: letters, digits, dots, hyphens and underscores; a letter or a digit comes first.</summary>
    public string Bucket { get; }

    /// <summary>
    /// The key: segments between single slashes, none of them empty, <c>.</c> or <c>..</c>; after <see cref="ParsePrefix"/> the start of
    /// such a key.
    /// </summary>
    public string Key { get; }

    /// <summary>Reads the address of an object.</summary>
    /// <exception cref="ObjectStoreException">The address is malformed or hostile; the message says in what way.</exception>
    public static ObjectUri Parse(string uri)
    {
        var (bucket, key) = Split(uri);
        Refuse(uri, key.Length == 0, "has no key; write s3://bucket/key");
        Refuse(uri, key.Split('/').Any(segment => segment is ""), "has an empty segment; remove the surplus slash");
        RefuseUnsafe(uri, key);
        return new(bucket, key);
    }

    /// <summary>Reads the start of addresses: <c>s3://bucket/</c>, <c>s3://bucket/folder/</c> or <c>s3://bucket/folder/na</c>.</summary>
    /// <exception cref="ObjectStoreException">The prefix is malformed or hostile; the message says in what way.</exception>
    public static ObjectUri ParsePrefix(string prefix)
    {
        var (bucket, key) = Split(prefix);
        Refuse(prefix, key.Split('/')[..^1].Any(segment => segment is ""), "has an empty segment; remove the surplus slash");
        RefuseUnsafe(prefix, key);
        return new(bucket, key);
    }

    /// <summary>The address, <c>s3://bucket/key</c>.</summary>
    public override string ToString() => $"{Scheme}{Bucket}/{Key}";

    private static (string Bucket, string Key) Split(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        Refuse(uri, !uri.StartsWith(Scheme, StringComparison.Ordinal), "does not start with s3://; write s3://bucket/key");
        var slash = uri.IndexOf('/', Scheme.Length);
        Refuse(uri, slash < 0, "has no slash after the bucket; write s3://bucket/key");
        var bucket = uri[Scheme.Length..slash];
        Refuse(uri, bucket is "", "has no bucket; write s3://bucket/key");
        Refuse(
            uri,
            !IsBucket(bucket),
            $"has a bucket that is not 1 to {MaxBucketCharacters} letters, digits, dots, hyphens and underscores, "
            + "a letter or a digit first");
        return (bucket, uri[(slash + 1)..]);
    }

    private static bool IsBucket(string bucket) =>
        bucket.Length <= MaxBucketCharacters
        && char.IsAsciiLetterOrDigit(bucket[0])
        && bucket.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');

    private static void RefuseUnsafe(string uri, string key)
    {
        Refuse(uri, key.Split('/').Any(segment => segment is "." or ".."), "has a segment '.' or '..'; write the key without detours");
        Refuse(uri, key.Any(char.IsControl), "has a control character; remove it");
        Refuse(uri, key.Contains('\\'), "has a backslash; separate segments with '/'");
        Refuse(uri, !TryCountBytes(key, out var bytes), "is not valid Unicode: it has half of a surrogate pair; remove it");
        Refuse(uri, bytes > MaxKeyBytes, $"has a key of {bytes} bytes of UTF-8; S3 takes at most {MaxKeyBytes}, so choose a shorter one");
    }

    private static bool TryCountBytes(string key, out int bytes)
    {
        try
        {
            bytes = StrictUtf8.GetByteCount(key);
            return true;
        }
        catch (EncoderFallbackException)
        {
            bytes = 0;
            return false;
        }
    }

    private static void Refuse(string uri, [DoesNotReturnIf(true)] bool isRefused, string why)
    {
        if (isRefused)
        {
            throw new ObjectStoreException($"The object address '{Printable(uri)}' {why}.");
        }
    }

    private static string Printable(string uri)
    {
        var shown = uri.Length <= 200 ? uri : string.Concat(uri.AsSpan(0, 200), "...");
        return string.Concat(shown.Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '?' : character));
    }
}
