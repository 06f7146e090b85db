namespace MacroCausal.Model.Export;

/// <summary>A setting of an ONNX node: an integer, a number, or texts.</summary>
internal sealed record OnnxAttribute(string Name, object Value)
{
    public ProtoMessage ToMessage() => Value switch
    {
        long number => new ProtoMessage().Text(1, Name).Number(3, number).Number(20, 2),
        float real => new ProtoMessage().Text(1, Name).Real(2, real).Number(20, 1),
        IEnumerable<string> texts => texts.Aggregate(new ProtoMessage().Text(1, Name), (message, text) => message.Text(9, text)).Number(20, 8),
        _ => throw new ArgumentException($"Attribute \"{Name}\" has a value of type {Value.GetType()}, which is not written here."),
    };
}
