using MacroCausal.Model.Cpu;
using MacroCausal.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// Adam for K trials at once, each with a learning rate, a weight decay and a number of steps of its own; the rule is that of
/// <see cref="AdamUpdate"/>.
/// </summary>
internal sealed class StackedAdam(IReadOnlyList<TrainingOptions> options, long[] steps)
{
    // TorchSharp does not keep a Scalar alive during the call that uses it, so every Scalar is held.
    private static readonly Scalar One = 1;
    private static readonly Scalar Keep1 = AdamUpdate.Beta1;
    private static readonly Scalar Take1 = 1 - AdamUpdate.Beta1;
    private static readonly Scalar Keep2 = AdamUpdate.Beta2;
    private static readonly Scalar Take2 = 1 - AdamUpdate.Beta2;
    private static readonly Scalar Epsilon = AdamUpdate.Epsilon;

    /// <summary>Steps that each trial has done.</summary>
    public IReadOnlyList<long> Steps => steps;

    /// <summary>One step of every stack along its gradient, which is the same on all.</summary>
    public void OptimizerStep(IEnumerable<TrialStack> stacks)
    {
        for (var trial = 0; trial < steps.Length; trial++)
        {
            steps[trial]++;
        }

        foreach (var stack in stacks)
        {
            OptimizerStep(stack);
        }
    }

    private void OptimizerStep(TrialStack stack)
    {
        using var scope = NewDisposeScope();
        var device = stack.Parameters.device;
        var decay = Column(device, trial => options[trial].WeightDecay);
        var correction = Column(device, trial => 1 / Math.Sqrt(1 - Math.Pow(AdamUpdate.Beta2, steps[trial])));
        var stepSize = Column(device, trial => -options[trial].LearningRate / (1 - Math.Pow(AdamUpdate.Beta1, steps[trial])));
        var gradient = stack.Gradient.addcmul(stack.Parameters, decay, One);
        stack.FirstMoment.mul_(Keep1).add_(gradient, Take1);
        stack.SecondMoment.mul_(Keep2).addcmul_(gradient, gradient, Take2);
        var denominator = stack.SecondMoment.sqrt().mul_(correction).add_(Epsilon);
        stack.Parameters.addcdiv_(stack.FirstMoment.mul(stepSize), denominator);
    }

    // [K, 1]
    private Tensor Column(Device device, Func<int, double> value) =>
        tensor(Enumerable.Range(0, steps.Length).Select(trial => (float)value(trial)).ToArray(), device: device).unsqueeze(1);
}
