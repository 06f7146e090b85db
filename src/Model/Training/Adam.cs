using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Training;

/// <summary>
/// Adam (Kingma, Ba 2015, Algorithm 1) with the L2 penalty added to the gradient, operation for operation as torch.optim.Adam does it. Parameters, gradient and
/// moments are flat, so a step is nine operations whatever the network.
/// </summary>
internal sealed class Adam(Tensor firstMoment, Tensor secondMoment, long step) : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;

    // TorchSharp does not keep a Scalar alive during the call that uses it: one that comes from an implicit conversion may be freed by the garbage collector while torch
    // reads it. So every Scalar here is held: these by the class, the others by `using`.
    private static readonly Scalar Keep1 = Beta1;
    private static readonly Scalar Take1 = 1 - Beta1;
    private static readonly Scalar Keep2 = Beta2;
    private static readonly Scalar Take2 = 1 - Beta2;
    private static readonly Scalar Epsilon = 1e-8;

    public Tensor FirstMoment { get; } = firstMoment;

    public Tensor SecondMoment { get; } = secondMoment;

    /// <summary>Steps done.</summary>
    public long Step { get; private set; } = step;

    public static Adam Start(int parameters, Device device) =>
        new(zeros(parameters, device: device).DetachFromDisposeScope(), zeros(parameters, device: device).DetachFromDisposeScope(), 0);

    public static Adam Resume(float[] firstMoment, float[] secondMoment, long step, Device device) =>
        new(tensor(firstMoment, device: device).DetachFromDisposeScope(), tensor(secondMoment, device: device).DetachFromDisposeScope(), step);

    /// <summary>Moves the parameters one step; overwrites the gradient. Call it under <c>no_grad</c>.</summary>
    public void Update(Tensor parameters, Tensor gradient, double learningRate, double weightDecay)
    {
        Step++;
        using Scalar correction = Math.Sqrt(1 - Math.Pow(Beta2, Step));
        using Scalar stepSize = -learningRate / (1 - Math.Pow(Beta1, Step));
        using Scalar decay = weightDecay;
        if (weightDecay != 0)
            gradient.add_(parameters, decay);
        FirstMoment.mul_(Keep1).add_(gradient, Take1);
        SecondMoment.mul_(Keep2).addcmul_(gradient, gradient, Take2);
        var denominator = SecondMoment.sqrt().div_(correction).add_(Epsilon);
        parameters.addcdiv_(FirstMoment, denominator, stepSize);
    }

    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }
}
