using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// <c>torch.optim.Adam</c>, or <c>AdamW</c>, operation by operation, with every Scalar held while torch reads it. TorchSharp 0.107 lets go
/// of a Scalar as soon as it has the native handle (<c>Tensor.add_(Tensor, Scalar)</c> and its like), so a collection of garbage at that
/// moment frees what the native call reads; its own Adam then fails now and then with "Expected false to be true".
/// </summary>
/// <param name="parameters">What is learned.</param>
/// <param name="learningRate">Step size, above 0.</param>
/// <param name="weightDecay">L2 penalty that is added to the gradient, 0 or more.</param>
/// <param name="isDecoupled">Whether the weight decay shrinks the weights instead, as that of AdamW.</param>
public sealed class HeldAdam(
    IEnumerable<Parameter> parameters, double learningRate = 1e-3, double weightDecay = 0, bool isDecoupled = false)
    : Adam(parameters, learningRate, weight_decay: weightDecay)
{
    /// <summary>Moves the parameters along their gradients; one without a gradient stays.</summary>
    /// <param name="closure">Computes the loss again; none by default.</param>
    /// <returns>What the closure returned.</returns>
    public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup>(Update, closure);

    /// <summary>Step size of every parameter.</summary>
    internal double LearningRate
    {
        set
        {
            foreach (var group in ParamGroups)
            {
                group.LearningRate = value;
            }
        }
    }

    /// <summary>Steps and moments of a parameter.</summary>
    internal State StateOf(Parameter parameter) => (State)_state[parameter.Handle];

    private void Update(ParamGroup group)
    {
        var (beta1, beta2) = group.Betas;
        using Scalar keep1 = beta1, take1 = 1 - beta1, keep2 = beta2, take2 = 1 - beta2;
        using Scalar epsilon = group.Options.eps!.Value, decay = group.Options.weight_decay!.Value;
        using Scalar rest = 1 - (group.Options.LearningRate!.Value * group.Options.weight_decay.Value);
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is not { } gradient) continue;
            var state = StateOf(parameter);
            state.step++;
            using Scalar correction = Math.Sqrt(1 - Math.Pow(beta2, state.step));
            using Scalar stepSize = -group.Options.LearningRate!.Value / (1 - Math.Pow(beta1, state.step));
            if (isDecoupled)
            {
                parameter.mul_(rest);
            }
            else if (group.Options.weight_decay != 0)
            {
                gradient = gradient.add(parameter, decay);
            }

            state.exp_avg.mul_(keep1).add_(gradient, take1);
            state.exp_avg_sq.mul_(keep2).addcmul_(gradient, gradient, take2);
            var denominator = state.exp_avg_sq.sqrt().div(correction).add_(epsilon, Held.One);
            parameter.addcdiv_(state.exp_avg, denominator, stepSize);
        }
    }
}
