using MacroCausal.Model.Networks;
using MacroCausal.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// One step's forward and backward pass on one device, for K trials and B of the step's rows. What depends on all rows of the step comes in
/// from outside, as sums.
/// </summary>
internal sealed class StackedPass(TrialStack stack, StackedLoss loss, StackedDropout dropout, Tensor x, Tensor y)
{
    private static readonly Scalar Zero = 0;
    private static readonly Scalar Epsilon = NetworkLayout.BatchNormEpsilon;
    private static readonly Scalar Momentum = NetworkLayout.BatchNormMomentum;
    private static readonly Scalar Rest = 1 - NetworkLayout.BatchNormMomentum;
    private readonly Tensor[] _normal = new Tensor[stack.Layers.Count];
    private readonly Tensor[] _inverse = new Tensor[stack.Layers.Count];
    private readonly Tensor[] _output = new Tensor[stack.Layers.Count];
    private readonly Tensor[] _slope = new Tensor[stack.Layers.Count]; // of all but ReLU, whose follows from the output
    private readonly Activation _activation = stack.Layout.Style.Activation;
    private Tensor? _gradient;

    /// <summary>The product of a layer; returns its sums over the rows. [K, H]</summary>
    public Tensor Multiply(int layer)
    {
        _normal[layer] = Input(layer).bmm(stack.Layers[layer].Weight.transpose(1, 2)); // [K, B, H]
        return _normal[layer].sum(1);
    }

    /// <summary>Subtracts the mean and updates the running one; returns the sums of the squares. [K, H]</summary>
    public Tensor SubtractMean(int layer, Tensor mean)
    {
        var own = stack.Layers[layer];
        own.RunningMean.mul_(Rest).add_(mean.add(own.Bias, Held.One), Momentum);
        _normal[layer].sub_(mean.unsqueeze(1));
        return _normal[layer].mul(_normal[layer]).sum(1);
    }

    /// <summary>Normalises, activation, dropout.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="squares">Sums of the squares over all rows of the step. [K, H]</param>
    /// <param name="rows">Rows of the step.</param>
    /// <param name="first">Number of the dropout's streams at which this device's rows begin.</param>
    public void Activate(int layer, Tensor squares, int rows, long first)
    {
        var own = stack.Layers[layer];
        using Scalar count = rows;
        using Scalar unbiased = NetworkLayout.BatchNormMomentum / (rows - 1);
        own.RunningVariance.mul_(Rest).add_(squares, unbiased);
        _inverse[layer] = squares.div(count).add_(Epsilon, Held.One).rsqrt_().unsqueeze(1); // [K, 1, H]
        _normal[layer].mul_(_inverse[layer]);
        var sums = _normal[layer].mul(own.Gamma.unsqueeze(1)).add_(own.Beta.unsqueeze(1), Held.One);
        if (_activation == Activation.Relu)
        {
            _output[layer] = sums.relu_();
            dropout.Apply(first, _output[layer]);
        }
        else
        {
            (_output[layer], _slope[layer]) = StackedActivation.Of(_activation, sums);
            dropout.Apply(first, _output[layer], _slope[layer]);
        }
    }

    /// <summary>Predicts, and begins the backward pass; returns the sums of the loss. [K], float64</summary>
    public Tensor Output(int rows)
    {
        var error = _output[^1].bmm(stack.OutputWeight.transpose(1, 2)).squeeze(2).add_(stack.OutputBias, Held.One).sub_(y); // [K, B]
        if (stack.Skip is { } skip)
        {
            error.add_(x.bmm(skip.transpose(1, 2)).squeeze(2), Held.One);
        }

        var scaled = loss.Gradient(error, rows);
        stack.OutputBiasGradient.copy_(scaled.sum(1, keepdim: true));
        stack.OutputWeightGradient.copy_(scaled.unsqueeze(1).bmm(_output[^1]));
        stack.SkipGradient?.copy_(scaled.unsqueeze(1).bmm(x));
        _gradient = scaled.unsqueeze(2).mul(stack.OutputWeight); // [K, B, H]
        return Loss.Sum(error);
    }

    /// <summary>
    /// Backward through dropout and activation; returns the sums of the gradient and of its product with what was normalised. [2, K, H]
    /// </summary>
    public Tensor BackwardActivation(int layer)
    {
        var own = stack.Layers[layer];
        _gradient = _activation == Activation.Relu
            ? _gradient!.mul(dropout.Keep).mul_(_output[layer].gt(Zero))
            : _gradient!.mul(_slope[layer]);
        own.BetaGradient.copy_(_gradient.sum(1));
        own.GammaGradient.copy_(_gradient.mul(_normal[layer]).sum(1));
        return torch.stack([own.BetaGradient, own.GammaGradient]);
    }

    /// <summary>Backward through normalisation and product.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="sums">What <see cref="BackwardActivation"/> returns, over all rows of the step.</param>
    /// <param name="rows">Rows of the step.</param>
    public void BackwardProduct(int layer, Tensor sums, int rows)
    {
        var own = stack.Layers[layer];
        using Scalar count = rows;
        var means = sums.div(count).unsqueeze(2); // [2, K, 1, H]
        _gradient!.sub_(means.select(0, 0)).sub_(_normal[layer].mul(means.select(0, 1))).mul_(own.Gamma.unsqueeze(1)).mul_(_inverse[layer]);
        own.WeightGradient.copy_(_gradient.transpose(1, 2).bmm(Input(layer)));
        if (layer > 0)
        {
            _gradient = _gradient.bmm(own.Weight);
        }
    }

    private Tensor Input(int layer) => layer == 0 ? x : _output[layer - 1];
}
