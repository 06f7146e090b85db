namespace MacroCausal.Cdk.Bus;

/// <summary>The names that the transport gives to topics.</summary>
internal static class TopicNames
{
    /// <summary>Where a message goes that cannot even be read.</summary>
    public const string ReceiveFault = "MassTransit-ReceiveFault";

    /// <summary>Topic of a message of Contracts.</summary>
    public static string Of<T>() => Of(typeof(T).Name);

    /// <summary>Topic of the fault of what is published to another.</summary>
    public static string FaultOf(string topic) => $"MassTransit-Fault--{topic}--";

    /// <summary>Topic of the fault of a message of Contracts.</summary>
    public static string FaultOf<T>() => FaultOf(Of<T>());

    private static string Of(string message) => $"MacroCausal_Contracts-{message}";
}
