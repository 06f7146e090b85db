using System.Text.Json.Nodes;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Export;
using MacroCausal.Storage;

namespace MacroCausal.Registry.Inputs;

/// <summary>Everything that a registration is made of, read and checked.</summary>
internal sealed record StudyInputs
{
    /// <summary>The weights of the winner's best epoch.</summary>
    public required TrainedModel Model { get; init; }

    /// <summary>Seed of the winner.</summary>
    public required long TrialSeed { get; init; }

    /// <summary>The preparation as it was written.</summary>
    public required byte[] Scaler { get; init; }

    /// <summary>The preparation.</summary>
    public required FittedPreprocessor Preparation { get; init; }

    /// <summary>The profile as it was written, without its line for every column.</summary>
    public required JsonObject Profile { get; init; }

    /// <summary>The gold table.</summary>
    public required Table Gold { get; init; }

    /// <summary>Where the gold table is, and what it held when it was read.</summary>
    public required ObjectReference GoldReference { get; init; }

    /// <summary>The rows that chose the model.</summary>
    public required FeatureMatrix Validation { get; init; }

    /// <summary>The rows that nobody has seen yet; null where none are held out.</summary>
    public FeatureMatrix? Test { get; init; }

    /// <summary>Every trial, by number.</summary>
    public required IReadOnlyList<TrialRecord> Trials { get; init; }

    /// <summary>Every epoch, by trial, then epoch.</summary>
    public required IReadOnlyList<EpochRecord> Epochs { get; init; }
}
