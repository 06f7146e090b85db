using System.Collections.Concurrent;
using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner.Tests.Groups;

/// <summary>Opens groups as a runner does and remembers them; runs out of memory where a test says so.</summary>
internal sealed class Openings
{
    /// <summary>
    /// The numbers of the trials of every group, as <see cref="Studies"/> gives their seeds, in the order in which the groups were opened.
    /// </summary>
    public ConcurrentQueue<int[]> Groups { get; } = new();

    /// <summary>Groups that memory does not hold.</summary>
    public Func<int[], bool> RunsOut { get; init; } = _ => false;

    /// <summary>The clock of a group.</summary>
    public Func<int[], TimeProvider> Clock { get; init; } = _ => TimeProvider.System;

    public TrainingGroup Open(TrainingRows train, TrainingRows validation, IReadOnlyList<TrialStart> trials)
    {
        int[] numbers = [.. trials.Select(trial => Studies.TrialOf(trial.Options.Seed))];
        Groups.Enqueue(numbers);
        return RunsOut(numbers) ? throw new InsufficientMemoryException() : TrainingGroup.Open(
            train, validation, trials, TrainingDevice.Cpu, Clock(numbers));
    }
}
