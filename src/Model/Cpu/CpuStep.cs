using MacroCausal.Model.Training;

namespace MacroCausal.Model.Cpu;

/// <summary>
/// Forward, backward and Adam of one trial, written out for MacroCausalModel: three products a layer, and one pass over memory for all that
/// lies between them.
/// </summary>
internal sealed unsafe class CpuStep(PaddedLayout layout, CpuWorkspace work)
{
    /// <summary>One epoch over shuffled rows; returns the mean loss over the rows as they were seen.</summary>
    public double TrainEpoch(CpuTrial trial, TrainingRows rows, TrainingOptions options, int epoch)
    {
        var order = Batches.Order(options.Seed, epoch, rows.Count);
        var dropout = new DropoutStream(new TrialRandom(options.Seed, Purpose.Dropout, epoch), options.Dropout);
        var inputs = new DropoutStream(new TrialRandom(options.Seed, Purpose.InputDropout, epoch), options.InputDropout);
        var sum = 0.0;
        foreach (var (start, count) in Batches.Cut(rows.Count, options.BatchSize))
        {
            trial.LearningRate = options.LearningRateAt(epoch - 1 + ((double)start / rows.Count));
            Gather(rows, order.AsSpan(start, count));
            if (options.InputDropout > 0)
            {
                InputDropout.Apply(work.Input, count, rows.FeatureCount, ref inputs);
            }

            sum += Step(trial, count, ref dropout);
        }

        return sum / rows.Count;
    }

    /// <summary>
    /// One step on the rows in <see cref="CpuWorkspace.Input"/> and the targets in <see cref="CpuWorkspace.Error"/>; returns the sum of the
    /// loss before it.
    /// </summary>
    public double Step(CpuTrial trial, int count, ref DropoutStream dropout)
    {
        for (var layer = 0; layer < layout.Layers.Count; layer++)
        {
            ForwardLayer(trial, layer, count, ref dropout);
        }

        var sum = SumLoss(trial, work.Input, work.Output(layout.Layers.Count - 1), work.Error, count);
        trial.SetOutputBiasGradient(OutputLayer.Backward(
            trial.Loss, work.Output(layout.Layers.Count - 1), work.Error, count, trial.OutputWeight, layout.Layers[^1].Stride,
            trial.OutputWeightGradient, work.Gradient));
        if (layout.HasSkip)
        {
            SkipPath.Backward(trial.Loss, work.Input, work.Error, count, layout.Layers[0].Inputs, trial.SkipGradient);
        }

        for (var layer = layout.Layers.Count - 1; layer >= 0; layer--)
        {
            BackwardLayer(trial, layer, count, dropout.Keep);
        }

        trial.OptimizerStep();
        return sum;
    }

    /// <summary>Mean loss over all rows, by the running statistics.</summary>
    public double Evaluate(CpuTrial trial, TrainingRows rows)
    {
        var sum = 0.0;
        fixed (float* features = rows.Features, target = rows.Target)
        {
            for (var start = 0; start < rows.Count; start += CpuWorkspace.EvaluationRows)
            {
                var count = Math.Min(CpuWorkspace.EvaluationRows, rows.Count - start);
                new ReadOnlySpan<float>(target + start, count).CopyTo(new Span<float>(work.Error, count));
                var input = features + (nint)start * rows.FeatureCount;
                sum += SumLoss(trial, input, Forward(trial, input, count), work.Error, count);
            }
        }

        return sum / rows.Count;
    }

    private void Gather(TrainingRows rows, ReadOnlySpan<int> order)
    {
        var width = rows.FeatureCount;
        for (var row = 0; row < order.Length; row++)
        {
            rows.Features.AsSpan(order[row] * width, width).CopyTo(new Span<float>(work.Input + (nint)row * width, width));
            work.Error[row] = rows.Target[order[row]];
        }
    }

    private void ForwardLayer(CpuTrial trial, int layer, int count, ref DropoutStream dropout)
    {
        var place = trial.Layer(layer, work);
        var z = work.Normal(layer);
        MatrixProduct.Multiply(InputOf(layer), place.Weight, new MatrixView(z, place.Stride), count, place.Inputs, place.Stride);
        Normalisation.Measure(z, count, place);
        if (!layout.KeepsSlopes)
        {
            Normalisation.Activate(z, work.Output(layer), count, place, ref dropout);
            return;
        }

        Normalisation.Normalise(z, work.Output(layer), count, place);
        ActivationKernel.Apply(layout.Activation, work.Output(layer), work.Slope(layer), (nint)count * place.Stride, ref dropout);
    }

    private void BackwardLayer(CpuTrial trial, int layer, int count, float keep)
    {
        var place = trial.Layer(layer, work);
        var gradient = new MatrixView(work.Gradient, place.Stride);
        if (layout.KeepsSlopes)
        {
            ActivationKernel.Backward(work.Gradient, work.Slope(layer), (nint)count * place.Stride);
            Normalisation.Backward(work.Gradient, work.Normal(layer), count, place);
        }
        else
        {
            Normalisation.Backward(work.Gradient, work.Normal(layer), work.Output(layer), count, place, keep);
        }

        MatrixProduct.Multiply(InputOf(layer).Transposed, gradient, place.WeightGradient, place.Inputs, count, place.Stride);
        if (layer == 0) return;

        var below = layout.Layers[layer - 1].Stride;
        Transpose.Apply(place.Weight.Start, place.Inputs, place.Stride, place.Stride, work.TransposedWeight, below);
        var (weight, result) = (new MatrixView(work.TransposedWeight, below), new MatrixView(work.GradientBelow, below));
        MatrixProduct.Multiply(gradient, weight, result, count, layout.Layers[layer].Width, below);
        work.SwapGradients();
    }

    private MatrixView InputOf(int layer) =>
        layer == 0
            ? new MatrixView(work.Input, layout.Layers[0].Inputs)
            : new MatrixView(work.Output(layer - 1), layout.Layers[layer - 1].Stride);

    private float* Forward(CpuTrial trial, float* rows, int count)
    {
        var input = new MatrixView(rows, layout.Layers[0].Inputs);
        for (var layer = 0; layer < layout.Layers.Count; layer++)
        {
            var place = trial.Layer(layer, work);
            var output = new MatrixView(work.Output(layer), place.Stride);
            MatrixProduct.Multiply(input, place.Weight, output, count, place.Inputs, place.Stride);
            Evaluate(output.Start, count, place);
            input = output;
        }

        return input.Start;
    }

    private void Evaluate(float* z, int count, in LayerPointers place)
    {
        if (!layout.KeepsSlopes)
        {
            Normalisation.Evaluate(z, count, place);
            return;
        }

        Normalisation.Scale(z, count, place);
        ActivationKernel.Evaluate(layout.Activation, z, (nint)count * place.Stride);
    }

    // What is in `error` are targets before, and predictions less targets afterwards.
    private double SumLoss(CpuTrial trial, float* input, float* hidden, float* error, int count)
    {
        if (layout.HasSkip)
        {
            SkipPath.Forward(input, count, layout.Layers[0].Inputs, trial.Skip, error);
        }

        var (sum, width) = (0.0, layout.Layers[^1].Stride);
        for (var row = 0; row < count; row++)
        {
            error[row] = OutputLayer.Dot(hidden + (nint)row * width, trial.OutputWeight, width) + trial.OutputBias - error[row];
            sum += Loss.Value(error[row]);
        }

        return sum;
    }
}
