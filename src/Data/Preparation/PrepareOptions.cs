namespace MacroCausal.Data.Preparation;

/// <summary>What a table's columns are for, and how its rows are split; <see cref="PrepareData"/> says what each field means.</summary>
public sealed record PrepareOptions
{
    public string Target { get; init; } = "target";

    public string DateColumn { get; init; } = "date";

    public IReadOnlyList<string> IgnoredColumns { get; init; } = [];

    public IReadOnlyList<string> CategoryColumns { get; init; } = [];

    public double TrainFraction { get; init; } = 0.8;

    public double TestFraction { get; init; }

    public int EmbargoRows { get; init; }

    public int MinimumTrainRows { get; init; } = 2;
}
