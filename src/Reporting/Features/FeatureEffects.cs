using System.Text.Json;
using System.Text.Json.Serialization;

namespace MacroCausal.Reporting.Features;

/// <summary>What a model makes of the columns of its table: the content of <c>importance.json</c>, beside the model.</summary>
public sealed record FeatureEffects
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "importance.json";

    /// <summary>Version of the format.</summary>
    public string Format { get; init; } = "macrocausal-importance/1";

    /// <summary>Seed of shuffles and intervals.</summary>
    public required int Seed { get; init; }

    /// <summary>Validation rows that were shuffled, the last ones.</summary>
    public required int Rows { get; init; }

    /// <summary>Validation rows that there are.</summary>
    public required int AllRows { get; init; }

    /// <summary>Rows of a block.</summary>
    public required int BlockRows { get; init; }

    /// <summary>Shuffles of every column of <see cref="Columns"/>.</summary>
    public required int Repeats { get; init; }

    /// <summary>Columns that were shuffled once and then left out, as they came to less than the others; 0 where none.</summary>
    public required int LeftOut { get; init; }

    /// <summary>The model's mean squared error on the rows, in the target's unit, squared.</summary>
    public required double Loss { get; init; }

    /// <summary>The columns, that whose shuffling costs most first.</summary>
    public required IReadOnlyList<ColumnImportance> Columns { get; init; }

    /// <summary>Partial dependence of the first few of them.</summary>
    public required IReadOnlyList<ColumnDependence> Dependence { get; init; }

    /// <summary>The file; the same effects give the same bytes.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, FeatureJson.Default.FeatureEffects);
}

/// <summary>What shuffling a column costs. Losses are mean squared errors, in the target's unit, squared.</summary>
/// <param name="Name">The column.</param>
/// <param name="Features">Number of features that are made of it and are shuffled together.</param>
/// <param name="Increase">How much the loss rises; below 0 where it falls.</param>
/// <param name="Low">Where its 95 % interval begins.</param>
/// <param name="High">Where it ends.</param>
public sealed record ColumnImportance(string Name, int Features, double Increase, double Low, double High);

/// <summary>What the model forecasts when a column is set to a value in every row.</summary>
/// <param name="Name">The column.</param>
/// <param name="Points">The values, ascending, or the categories.</param>
public sealed record ColumnDependence(string Name, IReadOnlyList<PartialPoint> Points);

/// <summary>Forecasts for one value of a column, in the target's unit.</summary>
public sealed record PartialPoint
{
    /// <summary>The category; null for a number.</summary>
    public string? Category { get; init; }

    /// <summary>The number, in the column's unit; null for a category.</summary>
    public double? Value { get; init; }

    /// <summary>The mean over the rows.</summary>
    public required double Mean { get; init; }

    /// <summary>What a tenth of the rows' forecasts lie below.</summary>
    public required double Low { get; init; }

    /// <summary>What a tenth of them lie above.</summary>
    public required double High { get; init; }
}

/// <summary>How the file is written and read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n",
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FeatureEffects))]
internal sealed partial class FeatureJson : JsonSerializerContext;
