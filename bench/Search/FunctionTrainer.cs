using MacroCausal.Search.Studies;

namespace MacroCausal.Bench.Search;

/// <summary>An epoch is an evaluation, and there is only one.</summary>
internal sealed class FunctionTrainer(TestFunction function) : ITrainer
{
    public Standing Train(StartTrial trial, int toEpoch) => new(1, function.Value(trial.Configuration), 1, EndedEarly: false);

    /// <summary>The regret.</summary>
    public double Worth(StartTrial trial, int epoch, double loss) => loss - function.Minimum;
}
