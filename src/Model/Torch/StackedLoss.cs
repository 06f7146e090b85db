using MacroCausal.Model.Training;
using static TorchSharp.torch;

namespace MacroCausal.Model.Torch;

/// <summary>
/// The gradients of what K trials minimise, each its own loss. Lives in the dispose scope that it is made in.
/// </summary>
internal sealed class StackedLoss
{
    private readonly TrainingLoss _first;
    private readonly List<(TrainingLoss Loss, Tensor Trials)> _others; // whose trials are true, [K, 1]

    public StackedLoss(IReadOnlyList<TrainingOptions> options, Device device)
    {
        _first = options[0].Loss;
        _others = [.. options.Select(own => own.Loss).Distinct().Where(loss => loss != _first).Select(loss => (
            loss, Upload.Of([.. options.Select(own => own.Loss == loss ? 1L : 0)], device, options.Count, 1).to(ScalarType.Bool)))];
    }

    /// <summary>With respect to the predictions of a step's rows.</summary>
    /// <param name="error">Prediction less target. [K, B]</param>
    /// <param name="rows">Rows of the step, over all devices.</param>
    /// <returns>[K, B]</returns>
    public Tensor Gradient(Tensor error, int rows)
    {
        var gradient = Loss.Gradient(_first, error, rows);
        foreach (var (loss, trials) in _others)
        {
            gradient = where(trials, Loss.Gradient(loss, error, rows), gradient);
        }

        return gradient;
    }
}
