namespace MacroCausal.Storage;

/// <summary>
/// Objects in buckets, addressed as <c>s3://bucket/key</c>: a directory with a folder a bucket, or S3. A write is whole or not there at
/// all. Every method throws <see cref="ObjectStoreException"/>, whose message names the object and the remedy, for a missing bucket, a
/// refused address or a denied call.
/// </summary>
public interface IObjectStore
{
    /// <summary>Writes or overwrites an object and returns its address with its SHA-256.</summary>
    Task<ObjectReference> PutAsync(string uri, Stream content, CancellationToken cancellationToken = default);

    /// <summary>Writes an object unless there is one. Returns its reference, or null where there was one, which stays as it is.</summary>
    Task<ObjectReference?> TryAddAsync(string uri, Stream content, CancellationToken cancellationToken = default);

    /// <summary>Opens an object for reading, seekable, or returns null where there is none.</summary>
    Task<Stream?> FindAsync(string uri, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens an object for reading, seekable, after checking that its content has the hash. Throws where it is not there or is another.
    /// </summary>
    Task<Stream> OpenAsync(ObjectReference reference, CancellationToken cancellationToken = default);

    /// <summary>The addresses below a prefix (<c>s3://bucket/folder/</c>), in ordinal order.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object; none being there is fine.</summary>
    Task DeleteAsync(string uri, CancellationToken cancellationToken = default);
}

/// <summary>Where the cause lies that an object could not be read or written: who else would meet it, and for how long.</summary>
public enum FailureCause
{
    /// <summary>The object or its address: everybody meets it, until someone changes the object.</summary>
    Content,

    /// <summary>This process: its rights, its credentials, its disk. Another process may succeed.</summary>
    Process,

    /// <summary>The store or the way there: throttled, down, out of reach. It may succeed later.</summary>
    Store,
}

/// <summary>Tells where the cause of a store's failure lies.</summary>
public static class StoreFailure
{
    /// <summary>The cause; null of an exception that is of no store.</summary>
    public static FailureCause? CauseOf(Exception exception) => exception switch
    {
        StoreException store => store.Cause,
        ObjectStoreException store => store.Cause,
        _ => null,
    };
}

/// <summary>An object could not be read or written. The message names it and says what to do.</summary>
public sealed class ObjectStoreException : Exception
{
    /// <summary>Where the cause lies.</summary>
    public FailureCause Cause { get; init; }

    /// <summary>One with a message.</summary>
    public ObjectStoreException(string message)
        : base(message)
    {
    }

    /// <summary>One with a message and what led to it.</summary>
    public ObjectStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
