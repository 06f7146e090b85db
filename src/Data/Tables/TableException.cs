namespace MacroCausal.Data.Tables;

/// <summary>A table cannot be read or written. The message names it, says what is wrong and what to do.</summary>
public sealed class TableException : Exception
{
    public TableException(string message)
        : base(message)
    {
    }

    public TableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
