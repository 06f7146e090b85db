namespace MacroCausal.Registry;

/// <summary>A model cannot be registered, and trying again is of no use. The message is the sentence that the study's owner reads.</summary>
internal sealed class RegistrationException : Exception
{
    public RegistrationException(string message)
        : base(message)
    {
    }

    public RegistrationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
