using System.Runtime.InteropServices;

namespace MacroCausal.Model.Export;

/// <summary>
/// Builds an ONNX graph node by node; a value is known by its name. Field numbers are those of onnx.proto
/// (https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto), opset 17 and ai.onnx.ml 3.
/// </summary>
internal sealed class OnnxGraph
{
    public const int Float = 1;
    public const int Int64 = 7;
    public const int String = 8;
    public const int Double = 11;
    private const string Ml = "ai.onnx.ml";
    private readonly List<ProtoMessage> _nodes = [];
    private readonly List<ProtoMessage> _constants = [];
    private readonly List<ProtoMessage> _inputs = [];
    private readonly List<ProtoMessage> _outputs = [];

    public string Input(string name, int elementType, long columns)
    {
        _inputs.Add(Value(name, elementType, columns));
        return name;
    }

    public void Output(string name, int elementType, long columns) => _outputs.Add(Value(name, elementType, columns));

    public string Constant(ReadOnlySpan<double> values, params long[] shape) => Constant(Double, MemoryMarshal.AsBytes(values), shape);

    public string Constant(ReadOnlySpan<float> values, params long[] shape) => Constant(Float, MemoryMarshal.AsBytes(values), shape);

    public string Constant(ReadOnlySpan<long> values, params long[] shape) => Constant(Int64, MemoryMarshal.AsBytes(values), shape);

    /// <summary>Adds a node with one output and returns its name.</summary>
    public string Node(string operation, string[] inputs, params OnnxAttribute[] attributes) => Node("", operation, inputs, attributes);

    /// <summary>Adds a node of ai.onnx.ml.</summary>
    public string MlNode(string operation, string[] inputs, params OnnxAttribute[] attributes) => Node(Ml, operation, inputs, attributes);

    /// <summary>Adds a node whose output is called <paramref name="output"/>.</summary>
    public void NodeTo(string output, string operation, params string[] inputs) => _nodes.Add(NodeMessage("", operation, inputs, output));

    public byte[] ToModel(IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var graph = new ProtoMessage().Messages(1, _nodes).Text(2, "macrocausal").Messages(5, _constants)
            .Messages(11, _inputs).Messages(12, _outputs);
        return new ProtoMessage()
            .Number(1, 8) // ir_version of opset 17
            .Text(2, "MacroCausal")
            .Message(7, graph)
            .Message(8, new ProtoMessage().Text(1, "").Number(2, 17))
            .Message(8, new ProtoMessage().Text(1, Ml).Number(2, 3))
            .Messages(14, metadata.Select(entry => new ProtoMessage().Text(1, entry.Key).Text(2, entry.Value)))
            .ToArray();
    }

    private string Constant(int elementType, ReadOnlySpan<byte> values, long[] shape)
    {
        var name = $"c{_constants.Count}";
        var message = shape.Aggregate(new ProtoMessage(), (tensor, size) => tensor.Number(1, size));
        _constants.Add(message.Number(2, elementType).Text(8, name).Bytes(9, values));
        return name;
    }

    private string Node(string domain, string operation, string[] inputs, OnnxAttribute[] attributes)
    {
        var output = $"v{_nodes.Count}";
        _nodes.Add(NodeMessage(domain, operation, inputs, output).Messages(5, attributes.Select(attribute => attribute.ToMessage())));
        return output;
    }

    private static ProtoMessage NodeMessage(string domain, string operation, string[] inputs, string output) =>
        inputs.Aggregate(new ProtoMessage(), (node, input) => node.Text(1, input)).Text(2, output).Text(4, operation).Text(7, domain);

    private static ProtoMessage Value(string name, int elementType, long columns)
    {
        var shape = new ProtoMessage().Message(1, new ProtoMessage().Text(2, "N")).Message(1, new ProtoMessage().Number(1, columns));
        return new ProtoMessage().Text(1, name).Message(
            2, new ProtoMessage().Message(1, new ProtoMessage().Number(1, elementType).Message(2, shape)));
    }
}

/// <summary>A setting of an ONNX node: an integer, a number, or texts.</summary>
internal sealed record OnnxAttribute(string Name, object Value)
{
    public ProtoMessage ToMessage() => Value switch
    {
        long number => new ProtoMessage().Text(1, Name).Number(3, number).Number(20, 2),
        float real => new ProtoMessage().Text(1, Name).Real(2, real).Number(20, 1),
        IEnumerable<string> texts => texts.Aggregate(
            new ProtoMessage().Text(1, Name), (message, text) => message.Text(9, text)).Number(20, 8),
        _ => throw new ArgumentException($"Attribute \"{Name}\" has a value of type {Value.GetType()}, which is not written here."),
    };
}
