using MacroCausal.Model.Cpu;
using MacroCausal.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// Adam or AdamW for K trials at once, each with a learning rate, a weight decay, a largest norm of the gradient and a number of steps of
/// its own; the rules are those of <see cref="AdamUpdate"/> and <see cref="GradientClipping"/>. What a step needs besides its gradient is
/// on the devices before the epoch's first one.
/// </summary>
internal sealed class StackedAdam(IReadOnlyList<TrainingOptions> options, long[] steps)
{
    private static readonly Scalar Keep1 = AdamUpdate.Beta1;
    private static readonly Scalar Take1 = 1 - AdamUpdate.Beta1;
    private static readonly Scalar Keep2 = AdamUpdate.Beta2;
    private static readonly Scalar Take2 = 1 - AdamUpdate.Beta2;
    private static readonly Scalar Epsilon = AdamUpdate.Epsilon;
    private static readonly Scalar NormEpsilon = GradientClipping.Epsilon;

    private List<Columns> _columns = [];
    private int _next;

    /// <summary>Steps that each trial has done.</summary>
    public IReadOnlyList<long> Steps => steps;

    /// <summary>Brings what an epoch's steps need to the devices; it lives in the caller's dispose scope.</summary>
    /// <param name="stacks">The trials on every device.</param>
    /// <param name="epochs">Number of each trial's epoch.</param>
    /// <param name="done">Share of the epoch's rows before each step.</param>
    public void BeginEpoch(IEnumerable<TrialStack> stacks, IReadOnlyList<int> epochs, IReadOnlyList<double> done)
    {
        var count = done.Count;
        double Rate(int trial, long number) => options[trial].LearningRateAt(epochs[trial] - 1 + done[(int)(number - steps[trial]) - 1]);
        var decay = options.Select(own => IsDecoupled(own) ? 0 : (float)own.WeightDecay).ToArray();
        var correction = Of(count, (_, number) => 1 / Math.Sqrt(1 - Math.Pow(AdamUpdate.Beta2, number)));
        var stepSize = Of(count, (trial, number) => -Rate(trial, number) / (1 - Math.Pow(AdamUpdate.Beta1, number)));
        var rest = options.Any(IsDecoupled)
            ? Of(count, (trial, number) => IsDecoupled(options[trial]) ? 1 - (Rate(trial, number) * options[trial].WeightDecay) : 1)
            : null;
        var limit = options.Any(Clips)
            ? options.Select(own => Clips(own) ? (float)own.GradientClip : float.PositiveInfinity).ToArray()
            : null;
        _next = 0;
        _columns = [.. stacks.Select(stack => new Columns(
            Upload.Of(decay, stack.Parameters.device, steps.Length, 1),
            Upload.Of(correction, stack.Parameters.device, count, steps.Length, 1),
            Upload.Of(stepSize, stack.Parameters.device, count, steps.Length, 1),
            rest is null ? null : Upload.Of(rest, stack.Parameters.device, count, steps.Length, 1),
            limit is null ? null : Upload.Of(limit, stack.Parameters.device, steps.Length, 1)))];
    }

    /// <summary>One step of every stack along its gradient, which is the same on all.</summary>
    public void OptimizerStep(IReadOnlyList<TrialStack> stacks)
    {
        for (var trial = 0; trial < steps.Length; trial++)
        {
            steps[trial]++;
        }

        foreach (var (stack, columns) in stacks.Zip(_columns))
        {
            OptimizerStep(stack, columns);
        }

        _next++;
    }

    private void OptimizerStep(TrialStack stack, Columns columns)
    {
        using var scope = NewDisposeScope();
        if (columns.Rest is { } rest)
        {
            stack.Parameters.mul_(rest.select(0, _next));
        }

        var gradient = Clipped(stack.Gradient, columns.Limit).addcmul(stack.Parameters, columns.Decay, Held.One);
        stack.FirstMoment.mul_(Keep1).add_(gradient, Take1);
        stack.SecondMoment.mul_(Keep2).addcmul_(gradient, gradient, Take2);
        var denominator = stack.SecondMoment.sqrt().mul_(columns.Correction.select(0, _next)).add_(Epsilon, Held.One);
        stack.Parameters.addcdiv_(stack.FirstMoment.mul(columns.StepSize.select(0, _next)), denominator, Held.One);
    }

    // Squares of large numbers do not fit into float32.
    private static Tensor Clipped(Tensor gradient, Tensor? limit)
    {
        if (limit is null) return gradient;
        var exact = gradient.to(ScalarType.Float64);
        var norm = exact.mul(exact).sum(1, keepdim: true).sqrt_(); // [K, 1]
        return gradient.mul(limit.div(norm.add_(NormEpsilon, Held.One)).clamp_max_(Held.One).to(ScalarType.Float32));
    }

    private static bool IsDecoupled(TrainingOptions options) => options.Optimizer == TrainingOptimizer.AdamW;

    private static bool Clips(TrainingOptions options) => options.GradientClip > 0;

    // [count, K], for the steps that come next, of the trial and the number of its step
    private float[] Of(int count, Func<int, long, double> value) =>
        [.. Enumerable.Range(1, count).SelectMany(next => steps.Select((done, trial) => (float)value(trial, done + next)))];

    // [K, 1], [steps, K, 1] three times, [K, 1]
    private sealed record Columns(Tensor Decay, Tensor Correction, Tensor StepSize, Tensor? Rest, Tensor? Limit);
}
