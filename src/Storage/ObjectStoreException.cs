namespace MacroCausal.Storage;

/// <summary>An object could not be read or written. The message names it and says what to do.</summary>
public sealed class ObjectStoreException : Exception
{
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
