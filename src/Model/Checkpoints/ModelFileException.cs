namespace MacroCausal.Model.Checkpoints;

/// <summary>A model file or a checkpoint cannot be used. The message says what is wrong with it and what to do.</summary>
public sealed class ModelFileException : Exception
{
    /// <summary>One with a message.</summary>
    public ModelFileException(string message)
        : base(message)
    {
    }

    /// <summary>One with a message and what led to it.</summary>
    public ModelFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
