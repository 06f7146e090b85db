using System.Collections;
using System.Globalization;
using System.Reflection;
using MacroCausal.Search.Samplers;
using MacroCausal.Search.Schedulers;
using static System.FormattableString;

namespace MacroCausal.Tuner.Settings;

/// <summary>
/// Every setting of <see cref="StartTraining"/>, one entry each, in its order. The check of ranges, the options of <c>train</c> and
/// <c>submit</c>, settings files and their schema follow from it.
/// </summary>
public static class TrainingSettings
{
    /// <summary>The settings.</summary>
    public static IReadOnlyList<TrainingSetting> All { get; } =
    [
        new("executionId", "Id of the study, 1 to 512 bytes"),
        new("goldBucket", "Bucket of the gold table") { IsForAws = true },
        new("artifactsBucket", "Bucket of splits, checkpoints and models") { IsForAws = true },
        new("modelRegistryTable", "Table of registered models") { IsForAws = true },
        new("target", "Column to predict"),
        new("dateColumn", "Column that dates the rows; default: date, else the only one that can"),
        new("dateFormat", "How the dates are written, such as d/m/Y, m/d/Y or dd/MM/yyyy; default: as they tell"),
        new("noDate", "Take the order of the file as time"),
        new("ignoredColumns", "Columns that are not features"),
        new("categoryColumns", "Columns of whole numbers that name categories"),
        new("groupColumns", "Columns that together name the series a row belongs to, such as country"),
        new("horizon", "Rows from a row to the one whose value its target is; as ahead where that is given") { Min = 1, Max = 10_000 },
        new("ahead", "Predict the target this many rows later, within its group") { Min = 0, Max = 10_000 },
        new("temporalFeatures", "Features made of a row's history and date; auto, as 'train' has it: what helps on the training rows")
        {
            Names = TemporalFeatures.Names,
        },
        new("clip", "Standard deviations beyond which numbers are clipped, where that helps on training rows; 0: never; 'train' takes 3")
        {
            Min = 0,
            Max = 1000,
        },
        new("residualOf", "The baseline of which the networks learn what it leaves; auto, as 'train' has it: where it leaves little")
        {
            Names = ResidualBaselines.Names,
        },
        new("trainFraction", "Share of the rows to train on, first in time") { Min = 0, Max = 1, ExcludesMin = true, ExcludesMax = true },
        new("testFraction", "Share of the rows held out, last in time") { Min = 0, Max = 1, ExcludesMax = true },
        new("embargoRows", "Rows, or dates where the table has dates, left out between two splits") { Min = 0 },
        new("trials", "Maximum number of trials") { Min = 1, Max = 1_000_000 },
        new("maxEpochs", "Maximum number of epochs of a trial") { Min = 1, Max = 10_000 },
        new("gracePeriod", "Epochs to the first milestone") { Min = 1, Limit = "maxEpochs" },
        new("reductionFactor", "The top 1/this of the trials at each rung are promoted") { Min = 2, Max = 100 },
        new("patience", "Epochs without a better validation loss that end a trial") { Min = 1 },
        new("scheduler", "Which trials get more epochs") { Names = KnownSchedulers.Table.Names },
        new("sampler", "How configurations are proposed") { Names = KnownSamplers.Table.Names },
        new("parallelism", "Maximum number of concurrent segments; 'train' takes its workers where this is left out")
        {
            Min = 1,
            Max = 10_000,
        },
        new("priority", "Weight where studies share a quota of segments: each step doubles the study's share")
        {
            Min = -10,
            Max = 10,
            IsForAws = true,
        },
        new("ensembleSize", "Maximum number of selections into the mean of trials; 1: the model is the best trial alone")
        {
            Min = 1,
            Max = 100,
        },
        new("walkForward", "Folds of the walk-forward that the verdict rests on: studies on earlier rows alone; 'train' takes 4")
        {
            Min = 0,
            Max = 20,
        },
        new("seed", "Seed of everything random"),
        new("epochBudget", "Maximum number of epochs of all trials together; default: no limit") { Min = 1 },
        new("secondsBudget", "Seconds after which the search ends, without downtime; default: no limit") { Min = 0, ExcludesMin = true },
        new("targetLoss", "End the search when a loss at a milestone, in the target's unit squared, reaches this; default: never"),
        new("searchSpace", "Hyperparameters that differ from the default search space, by name"),
        new("dataSource", "Where the gold table came from, for people to read; it is recorded, not opened"),
    ];

    /// <summary>The setting of this name, as JSON has it; null where there is none.</summary>
    public static TrainingSetting? Find(string name) => All.FirstOrDefault(setting => setting.Name == name);
}

/// <summary>A setting of <see cref="StartTraining"/>. Its type and its default are those of the contract.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Text">What it is, in a line.</param>
public sealed record TrainingSetting(string Name, string Text)
{
    private static readonly StudySettings Defaults =
        new() { ExecutionId = "", GoldBucket = "", ArtifactsBucket = "", ModelRegistryTable = "" };

    /// <summary>Least value of a number.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Greatest value of a number.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>Whether <see cref="Min"/> itself is not allowed.</summary>
    public bool ExcludesMin { get; init; }

    /// <summary>Whether <see cref="Max"/> itself is not allowed.</summary>
    public bool ExcludesMax { get; init; }

    /// <summary>Name of the setting that it may not exceed; null for none.</summary>
    public string? Limit { get; init; }

    /// <summary>The values that a text may have; empty where any is allowed.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Whether it matters only on AWS.</summary>
    public bool IsForAws { get; init; }

    /// <summary>Text, list of texts, boolean, int, long, double, or a search space; never nullable.</summary>
    public Type Type => Nullable.GetUnderlyingType(Property(typeof(StartTraining)).PropertyType)
        ?? Property(typeof(StartTraining)).PropertyType;

    /// <summary>What it is where nobody says; null where that is nothing, or no single value.</summary>
    public object? Default => ValueOf(Defaults) switch
    {
        "" or IEnumerable and not string => null,
        var value => value,
    };

    /// <summary>What its value must be, for a sentence with "must be".</summary>
    public string Allowed => this switch
    {
        { Names.Count: > 0 } => "one of " + string.Join(", ", Names),
        { Limit: { } limit } => Invariant($"from {Min} to {limit}"),
        { ExcludesMin: true, ExcludesMax: true } => Invariant($"above {Min} and below {Max}"),
        { ExcludesMin: true } => Invariant($"above {Min}"),
        { ExcludesMax: true } => Invariant($"{Min} or above, and below {Max}"),
        { Max: < double.PositiveInfinity } => Invariant($"from {Min} to {Max}"),
        { Min: > double.NegativeInfinity } => Invariant($"{Min} or more"),
        _ => Kind,
    };

    /// <summary>Its kind in words, such as <c>a whole number</c>.</summary>
    public string Kind => Type switch
    {
        var type when type == typeof(string) => "a text",
        var type when type == typeof(bool) => "true or false",
        var type when type == typeof(int) || type == typeof(long) => "a whole number",
        var type when type == typeof(double) => "a finite number",
        var type when type == typeof(IReadOnlyList<string>) => "a list of texts",
        _ => "an object of hyperparameters by name",
    };

    /// <summary>Its value in complete settings.</summary>
    public object? ValueOf(StudySettings settings) => Property(typeof(StudySettings)).GetValue(settings);

    /// <summary>Why a value of its type is refused; null where it is allowed or left out.</summary>
    public string? Refusal(object? value)
    {
        var isAllowed = value switch
        {
            string text => Names.Count == 0 || Names.Contains(text),
            int or long or double => IsWithin(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            _ => true,
        };
        return isAllowed ? null : Invariant($"{Name} is {(value is string ? $"'{value}'" : value)}; it must be {Allowed}.");
    }

    private bool IsWithin(double value) =>
        double.IsFinite(value) && (ExcludesMin ? value > Min : value >= Min) && (ExcludesMax ? value < Max : value <= Max);

    private PropertyInfo Property(Type type) => type.GetProperty(char.ToUpperInvariant(Name[0]) + Name[1..])!;
}
