using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsCheck;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;
using ParquetSharp;
using Column = MacroCausal.Data.Tables.Column;
using Encoding = System.Text.Encoding;

namespace MacroCausal.Data.Tests;

/// <summary>A table trains to the very same splits, however it is written.</summary>
public sealed class RoundTripTests
{
    private static readonly Func<DateTimeOffset, string>[] DailyStyles =
    [
        date => Text(date, "yyyy-MM-dd"), date => Text(date, "yyyy-MM-ddTHH:mm:ssZ"), date => Text(date, "dd/MM/yyyy"),
        date => Text(date, "M/d/yyyy"), date => Text(date, "d.M.yyyy"), date => Text(date, "yyyy/MM/dd"), date => Text(date, "yyyyMMdd"),
        date => Text(date, "MMM d yyyy"), date => Text(date, "dd-MMM-yyyy"),
        date => date.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        date => date.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
    ];

    private static readonly Func<DateTimeOffset, string>[] MonthlyStyles =
    [
        date => Text(date, "yyyy-MM"), date => Text(date, "yyyyMM"), date => Text(date, "yyyy:MM"), date => Text(date, "MMM yyyy"),
    ];

    private static readonly Func<DateTimeOffset, string>[] QuarterlyStyles =
    [
        date => Text(date, "yyyy") + "Q" + Quarter(date), date => "Q" + Quarter(date) + Text(date, " yyyy"),
        date => Text(date, "yyyy") + ":" + Quarter(date),
    ];

    private static readonly Encoding[] Encodings =
    [
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.Latin1,
    ];

    private static readonly string?[] Regimes = ["steigt", "fällt; jäh", "hält, \"fest\"", null];

    private static readonly Compression[] Codecs =
        [Compression.Uncompressed, Compression.Snappy, Compression.Gzip, Compression.Zstd, Compression.Lz4, Compression.Brotli];

    [Fact]
    public Task Three_hundred_random_tables_in_random_formats_give_the_splits_of_the_plain_one() =>
        Gen.Int.SampleAsync(async seed => await CheckAsync(new Random(seed)), iter: 300, threads: 1);

    private static async Task CheckAsync(Random random)
    {
        var (table, style) = RandomTable(random);
        var plain = DatasetBuilder.Build(table, new PrepareOptions());
        var order = Enumerable.Range(0, table.Rows).ToArray();
        if (random.Next(3) == 0) Array.Reverse(order);
        if (random.Next(3) == 0) random.Shuffle(order);
        var isText = random.Next(3) > 0;
        var bytes = isText ? Csv(random, table, order, style) : Parquet(table, order, Pick(random, Codecs), random.Next(10, 50));
        using var stream = new MemoryStream(bytes);
        using var read = isText ? await CsvTable.ReadAsync(stream, "file") : ParquetTable.Open(stream, "file");
        var data = DatasetBuilder.Build(read, new PrepareOptions());

        ShouldBeSame(data.Train, plain.Train);
        ShouldBeSame(data.Validation, plain.Validation);
    }

    private static void ShouldBeSame(FeatureMatrix actual, FeatureMatrix expected)
    {
        actual.Names.ShouldBe(expected.Names);
        actual.Features.ShouldBe(expected.Features);
        actual.Target.ShouldBe(expected.Target);
        actual.Dates.ShouldBe(expected.Dates);
    }

    private static (Table Table, Func<DateTimeOffset, string> Style) RandomTable(Random random)
    {
        var rows = random.Next(40, 90);
        var (months, styles) = Pick(random, [(0, DailyStyles), (1, MonthlyStyles), (3, QuarterlyStyles)]);
        // Seconds and milliseconds since 1970 are told from other whole numbers from March 1973 on.
        var start = new DateTimeOffset(random.Next(1974, 2015), 1, 1, 0, 0, 0, TimeSpan.Zero);
        DateTimeOffset DateOf(int row) => months == 0 ? start.AddDays(row) : start.AddMonths(months * row);
        var numbers = Enumerable.Range(0, random.Next(1, 5)).Select(j => new NumberColumn($"größe {j}", Numbers(random, rows, 0.1)));
        return (new Table(
        [
            new DateColumn("date", [.. Enumerable.Range(0, rows).Select(row => (DateTimeOffset?)DateOf(row))]),
            .. numbers,
            new TextColumn("regime", [.. Enumerable.Range(0, rows).Select(_ => Pick(random, Regimes))]),
            new BooleanColumn("rezession", [.. Enumerable.Range(0, rows).Select(_ => (bool?)(random.Next(4) == 0))]),
            new NumberColumn("target", Numbers(random, rows, 0.05)),
        ]), Pick(random, styles));
    }

    // Two decimals at most, so that no cell reads as thousands; the first needs its decimals, so that point and comma can be told apart.
    private static double[] Numbers(Random random, int rows, double missing) =>
    [
        0.25, .. Enumerable.Range(1, rows - 1).Select(_ => random.NextDouble() < missing ? double.NaN : random.Next(-9999, 9999) / 100.0),
    ];

    private static byte[] Csv(Random random, Table table, int[] order, Func<DateTimeOffset, string> style)
    {
        var (separator, comma, missing) = (Pick(random, [",", ";", "\t", "|"]), random.Next(2) == 0, Pick(random, ["", "NA", ".", "#N/A"]));
        var newLine = Pick(random, ["\n", "\r\n"]);
        string Cell(Column column, int row) => column.IsMissing(row) ? missing : column switch
        {
            DateColumn dates => style(dates.Values[row]!.Value),
            NumberColumn numbers => Number(numbers.Values[row], comma),
            BooleanColumn booleans => booleans.Values[row]!.Value ? "true" : "false",
            TextColumn texts => texts.Values[row]!,
            _ => "",
        };
        var lines = order.Select(row => string.Join(separator, table.Columns.Select(column => Quoted(Cell(column, row), separator))));
        var text = string.Join(newLine, [string.Join(separator, table.Columns.Select(column => column.Name)), .. lines]) + newLine;
        var encoding = Pick(random, Encodings);
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
        return random.Next(2) == 0 ? bytes : Gzip(bytes);
    }

    private static string Number(double value, bool comma)
    {
        var text = value.ToString("0.##", CultureInfo.InvariantCulture);
        return comma ? text.Replace('.', ',') : text;
    }

    private static string Quoted(string cell, string separator) =>
        cell.Contains(separator, StringComparison.Ordinal) || cell.Contains('"') ? $"\"{cell.Replace("\"", "\"\"")}\"" : cell;

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] Parquet(Table table, int[] order, Compression codec, int groupRows)
    {
        using var stream = new MemoryStream();
        using (var writer = new ParquetFileWriter(stream, [.. table.Columns.Select(ParquetColumn)], compression: codec))
        {
            foreach (var rows in order.Chunk(groupRows))
            {
                using var group = writer.AppendRowGroup();
                foreach (var column in table.Columns)
                {
                    Write(group.NextColumn(), column, rows);
                }
            }

            writer.Close();
        }

        return stream.ToArray();
    }

    private static ParquetSharp.Column ParquetColumn(Column column) => column switch
    {
        DateColumn => new ParquetSharp.Column<DateTime?>(column.Name),
        NumberColumn => new ParquetSharp.Column<double?>(column.Name),
        BooleanColumn => new ParquetSharp.Column<bool?>(column.Name),
        _ => new ParquetSharp.Column<string?>(column.Name),
    };

    private static void Write(ColumnWriter writer, Column column, int[] rows)
    {
        void Batch<T>(Func<int, T> cell)
        {
            using var logical = writer.LogicalWriter<T>();
            logical.WriteBatch(Array.ConvertAll(rows, row => cell(row)));
        }

        switch (column)
        {
            case DateColumn dates:
                Batch(row => dates.Values[row]?.UtcDateTime);
                break;
            case NumberColumn numbers:
                Batch(row => double.IsNaN(numbers.Values[row]) ? (double?)null : numbers.Values[row]);
                break;
            case BooleanColumn booleans:
                Batch(row => booleans.Values[row]);
                break;
            case TextColumn texts:
                Batch(row => texts.Values[row]);
                break;
        }
    }

    private static T Pick<T>(Random random, T[] choices) => choices[random.Next(choices.Length)];

    private static string Text(DateTimeOffset date, string format) => date.ToString(format, CultureInfo.InvariantCulture);

    private static int Quarter(DateTimeOffset date) => ((date.Month - 1) / 3) + 1;
}
