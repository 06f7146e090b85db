using MacroCausal.Search.Studies;

namespace MacroCausal.Bench.Search;

/// <summary>What trials are made of: an evaluation, a simulated curve or real training.</summary>
internal interface ITrainer
{
    /// <summary>Takes a trial up to an epoch, or to its early end before it.</summary>
    Standing Train(StartTrial trial, int toEpoch);

    /// <summary>What the model of a trial's epoch is worth, the lower the better, where that is known better than by its loss.</summary>
    double Worth(StartTrial trial, int epoch, double loss) => loss;
}

/// <summary>How far a trial has come.</summary>
internal readonly record struct Standing(int Epoch, double? BestLoss, int BestEpoch, bool EndedEarly);
