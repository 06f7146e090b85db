namespace MacroCausal.Cdk.Bus;

/// <summary>The names that the transport gives to topics.</summary>
internal static class TopicNames
{
    private const string MassTransit = "MassTransit-";

    /// <summary>Where a message goes that cannot even be read.</summary>
    public const string ReceiveFault = "MassTransit-ReceiveFault";

    /// <summary>Topic of a message of Contracts.</summary>
    public static string Of<T>() => Of(typeof(T).Name);

    /// <summary>Topic of the fault of what is published to another. MassTransit names its own namespace once only.</summary>
    public static string FaultOf(string topic) => $"{MassTransit}Fault--{(topic.StartsWith(MassTransit, StringComparison.Ordinal) ? topic[MassTransit.Length..] : topic)}--";

    /// <summary>Topic of the fault of a message of Contracts.</summary>
    public static string FaultOf<T>() => FaultOf(Of<T>());

    private static string Of(string message) => $"MacroCausal_Contracts-{message}";
}
