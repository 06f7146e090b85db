using MassTransit;
using MassTransit.Transports;

namespace MacroCausal.AmazonSqs.Topology;

/// <summary>The topic of a message type: <c>MacroCausal_Contracts-StartTraining</c>, <c>MassTransit-Fault--MacroCausal_Contracts-Boom--</c>.</summary>
internal sealed class SqsMessageNameFormatter : IMessageNameFormatter
{
    private readonly DefaultMessageNameFormatter _names = new(genericArgumentSeparator: "__", genericTypeSeparator: "--", namespaceSeparator: "-", nestedTypeSeparator: "_");

    // Only a namespace holds dots.
    public string GetMessageName(Type type) => _names.GetMessageName(type).Replace('.', '_');
}
