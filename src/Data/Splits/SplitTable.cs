using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using Parquet;
using Parquet.Schema;
using ParquetSharp;
using ParquetSharp.Schema;
using static System.FormattableString;

namespace MacroCausal.Data.Splits;

/// <summary>
/// A split as Parquet: <c>date</c> first where there is one, then the features as float32, then the scaled <c>target</c>. A row group holds
/// 64 MiB of features at most.
/// </summary>
public static class SplitTable
{
    public const string TargetName = "target";
    public const string DateName = "date";

    /// <summary>Writes a split, a row group at a time; the same split gives the same bytes.</summary>
    public static async Task WriteAsync(FeatureMatrix split, Stream stream, CancellationToken cancellationToken = default)
    {
        if (split.Target is null)
        {
            throw new ArgumentException("A split without a target cannot be written; prepare it from a table that has one.", nameof(split));
        }

        var date = split.Dates is null ? null : ParquetColumnWriter.Timestamp(DateName, isNullable: false);
        var features = split.Names.Select(name => new DataField<float>(name)).ToArray();
        var target = new DataField<float>(TargetName);
        Field[] fields = [.. date is null ? [] : new Field[] { date }, .. features, target];

        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream, cancellationToken: cancellationToken);
        float[] values = [];
        foreach (var block in split.Blocks())
        {
            using var group = writer.CreateRowGroup();
            if (date is not null)
            {
                var dates = Array.ConvertAll(block.Dates!, value => value.UtcDateTime);
                await group.WriteAsync<DateTime>(date, dates.AsMemory(), cancellationToken: cancellationToken);
            }

            Array.Resize(ref values, block.Rows);
            for (var j = 0; j < features.Length; j++)
            {
                ReadColumn(block, j, values);
                await group.WriteAsync<float>(features[j], values.AsMemory(), cancellationToken: cancellationToken);
            }

            await group.WriteAsync<float>(target, block.Target!.AsMemory(), cancellationToken: cancellationToken);
        }
    }

    /// <summary>Reads all of a split. <paramref name="name"/> is what error messages call it.</summary>
    /// <exception cref="TableException">It is damaged, is no split, or has more features than one array holds.</exception>
    public static Task<FeatureMatrix> ReadAsync(Stream stream, string name, CancellationToken cancellationToken = default) =>
        ReadAsync(stream, name, withDates: true, cancellationToken);

    /// <summary>The same without the dates, which a trainer has no use for.</summary>
    public static Task<FeatureMatrix> ReadWithoutDatesAsync(
        Stream stream, string name, CancellationToken cancellationToken = default) =>
        ReadAsync(stream, name, withDates: false, cancellationToken);

    /// <summary>
    /// Reads a split a row group at a time, in the order of its rows, as they are asked for. <paramref name="name"/> is what error messages
    /// call it.
    /// </summary>
    /// <exception cref="TableException">It is damaged, or is no split.</exception>
    public static IEnumerable<FeatureMatrix> ReadBlocks(Stream stream, string name)
    {
        using var split = new SplitFile(stream, name);
        for (var group = 0; group < split.Groups; group++)
        {
            yield return split.Read(group);
        }
    }

    private static Task<FeatureMatrix> ReadAsync(
        Stream stream, string name, bool withDates, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var split = new SplitFile(stream, name, withDates);
            return split.ReadAll(cancellationToken);
        },
        cancellationToken);

    private static void ReadColumn(FeatureMatrix split, int column, float[] into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = split.Features[(i * split.Names.Count) + column];
        }
    }
}

/// <summary>A split that is read. Values go straight to their place, so that no more than the features themselves is in memory.</summary>
internal sealed class SplitFile : IDisposable
{
    private readonly ParquetFile _file;
    private readonly string _name;
    private readonly bool _hasDates;
    private readonly bool _withDates;
    private readonly string[] _names;

    public SplitFile(Stream stream, string name, bool withDates = true)
    {
        _withDates = withDates;
        (_file, _name) = (new ParquetFile(stream, name), name);
        var fields = _file.Fields.Select(field => field.Node).ToList();
        _hasDates = fields[0] is PrimitiveNode { LogicalType: TimestampLogicalType { TimeUnit: TimeUnit.Micros } };
        var numbers = fields.Skip(_hasDates ? 1 : 0).ToList();
        if (numbers.Count < 2 || numbers[^1].Name != SplitTable.TargetName
            || !numbers.TrueForAll(field => field is PrimitiveNode { PhysicalType: PhysicalType.Float }))
        {
            throw new TableException($"{name} is no split (float columns, '{SplitTable.TargetName}' last); prepare the data again.");
        }

        _names = [.. numbers.SkipLast(1).Select(field => field.Name)];
    }

    public int Groups => _file.GroupRows.Count;

    /// <summary>One row group.</summary>
    public FeatureMatrix Read(int group) => Read(group, 1, _file.GroupRows[group], CancellationToken.None);

    /// <summary>All row groups.</summary>
    public FeatureMatrix ReadAll(CancellationToken cancellationToken) => Read(0, Groups, _file.Rows, cancellationToken);

    public void Dispose() => _file.Dispose();

    private FeatureMatrix Read(int firstGroup, int groups, int rows, CancellationToken cancellationToken)
    {
        if ((long)rows * _names.Length > Array.MaxLength)
        {
            throw new TableException(
                Invariant($"{_name} has {rows} rows of {_names.Length} features, more than the {Array.MaxLength} values of one array; ")
                + "leave out the oldest rows, or ignore columns.");
        }

        var (features, target) = (new float[rows * _names.Length], new float[rows]); // [N, F], [N]
        var dates = _hasDates && _withDates ? new DateTimeOffset[rows] : null;
        var row = 0;
        for (var group = firstGroup; group < firstGroup + groups; group++)
        {
            if (dates is not null) ReadDates(group, dates.AsMemory(row));
            var leaf = _hasDates ? 1 : 0;
            for (var j = 0; j < _names.Length; j++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReadNumbers(group, leaf + j, features, (row * _names.Length) + j, _names.Length);
            }

            ReadNumbers(group, leaf + _names.Length, target, row, 1);
            row += _file.GroupRows[group];
        }

        return new FeatureMatrix { Names = _names, Features = features, Rows = rows, Target = target, Dates = dates };
    }

    private void ReadNumbers(int group, int leaf, float[] into, int start, int stride) =>
        _file.ReadColumn<float>(group, leaf, (values, _, first) =>
        {
            for (var i = 0; i < values.Length; i++)
            {
                into[start + ((first + i) * stride)] = values[i];
            }
        });

    private void ReadDates(int group, Memory<DateTimeOffset> into) => _file.ReadColumn<long>(group, 0, (values, levels, first) =>
    {
        if (levels.Contains((short)0)) throw new TableException($"{_name} has a row without a date; prepare the data again.");
        for (var i = 0; i < values.Length; i++)
        {
            into.Span[first + i] = DateTimeOffset.UnixEpoch.AddTicks(values[i] * TimeSpan.TicksPerMicrosecond);
        }
    });
}
