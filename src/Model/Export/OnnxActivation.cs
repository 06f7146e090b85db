using MacroCausal.Model.Networks;

namespace MacroCausal.Model.Export;

/// <summary>The part of the graph that is an activation. Opset 17 has no GELU and no SiLU, so they are told in other operators.</summary>
internal static class OnnxActivation
{
    public static string Add(OnnxGraph graph, string x, Activation activation)
    {
        switch (activation)
        {
            case Activation.Relu: return graph.Node("Relu", [x]);
            case Activation.Tanh: return graph.Node("Tanh", [x]);
            case Activation.Selu: return graph.Node("Selu", [x]); // its alpha and gamma are torch's by default
            case Activation.Silu: return graph.Node("Mul", [x, graph.Node("Sigmoid", [x])]);
            case Activation.Gelu:
                var erf = graph.Node("Erf", [graph.Node("Mul", [x, graph.Constant([MathF.Sqrt(0.5f)])])]);
                var distribution = graph.Node("Add", [graph.Node("Mul", [erf, graph.Constant([0.5f])]), graph.Constant([0.5f])]);
                return graph.Node("Mul", [x, distribution]);
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation.");
        }
    }
}
