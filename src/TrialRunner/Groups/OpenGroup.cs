using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner.Groups;

/// <summary>Takes trials of one shape into the device's memory; <see cref="TrainingGroup.Open"/> on the device of this process.</summary>
internal delegate TrainingGroup OpenGroup(TrainingRows train, TrainingRows validation, IReadOnlyList<TrialStart> trials);
