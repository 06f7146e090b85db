using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner.Splits;

/// <summary>Reads the rows of a split that DataPrep wrote.</summary>
/// <param name="content">The object.</param>
/// <param name="name">What error messages call it.</param>
/// <param name="cancellationToken">Gives up.</param>
public delegate Task<TrainingRows> SplitReader(Stream content, string name, CancellationToken cancellationToken);
