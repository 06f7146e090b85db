namespace MacroCausal.Storage;

/// <summary>A store of records could not be read or written. The message names it and says what to do.</summary>
public sealed class StoreException : Exception
{
    /// <summary>One with a message.</summary>
    public StoreException(string message)
        : base(message)
    {
    }

    /// <summary>One with a message and what led to it.</summary>
    public StoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
