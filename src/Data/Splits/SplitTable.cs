using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using Parquet;
using Parquet.Schema;

namespace MacroCausal.Data.Splits;

/// <summary>
/// A split as Parquet: <c>date</c> first where there is one, then the features as float32, then the scaled <c>target</c>.
/// </summary>
public static class SplitTable
{
    public const string TargetName = "target";
    public const string DateName = "date";

    /// <summary>Writes a split; the same split gives the same bytes.</summary>
    public static async Task WriteAsync(FeatureMatrix split, Stream stream, CancellationToken cancellationToken = default)
    {
        var target = split.Target ?? throw new ArgumentException(
            "A split without a target cannot be written; prepare it from a table that has one.", nameof(split));
        var date = split.Dates is null ? null : ParquetColumnWriter.Timestamp(DateName, isNullable: false);
        var features = split.Names.Select(name => new DataField<float>(name)).ToArray();
        var last = new DataField<float>(TargetName);
        Field[] fields = [.. date is null ? [] : new Field[] { date }, .. features, last];

        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream, cancellationToken: cancellationToken);
        using var group = writer.CreateRowGroup();
        if (date is not null)
        {
            var dates = Array.ConvertAll(split.Dates!, value => value.UtcDateTime);
            await group.WriteAsync<DateTime>(date, dates.AsMemory(), cancellationToken: cancellationToken);
        }

        for (var j = 0; j < features.Length; j++)
        {
            await group.WriteAsync<float>(features[j], FeatureColumn(split, j).AsMemory(), cancellationToken: cancellationToken);
        }

        await group.WriteAsync<float>(last, target.AsMemory(), cancellationToken: cancellationToken);
    }

    /// <summary>Reads a split. <paramref name="name"/> is what error messages call it.</summary>
    /// <exception cref="TableException">It is damaged, or is no split.</exception>
    public static async Task<FeatureMatrix> ReadAsync(Stream stream, string name, CancellationToken cancellationToken = default)
    {
        var table = await ParquetTable.ReadAsync(stream, name, cancellationToken);
        var dates = table.Columns[0] as DateColumn;
        var numbers = table.Columns.Skip(dates is null ? 0 : 1).OfType<NumberColumn>().ToList();
        if (numbers.Count < 2 || numbers[^1].Name != TargetName || numbers.Count + (dates is null ? 0 : 1) != table.Columns.Count)
        {
            throw new TableException($"{name} is no split (float columns, '{TargetName}' last); prepare the data again.");
        }

        return new FeatureMatrix
        {
            Names = [.. numbers.SkipLast(1).Select(column => column.Name)],
            Features = RowMajor(numbers, table.Rows),
            Rows = table.Rows,
            Target = Array.ConvertAll(numbers[^1].Values, value => (float)value),
            Dates = dates is null ? null : Array.ConvertAll(dates.Values, value =>
                value ?? throw new TableException($"{name} has a row without a date; prepare the data again.")),
        };
    }

    private static float[] FeatureColumn(FeatureMatrix split, int column)
    {
        var values = new float[split.Rows];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = split.Features[(i * split.Names.Count) + column];
        }

        return values;
    }

    private static float[] RowMajor(List<NumberColumn> columns, int rows)
    {
        var width = columns.Count - 1;
        var features = new float[checked(rows * width)]; // [N, F]
        for (var j = 0; j < width; j++)
        {
            for (var i = 0; i < rows; i++)
            {
                features[(i * width) + j] = (float)columns[j].Values[i];
            }
        }

        return features;
    }
}
