using MacroCausal.Data.Tables;
using Parquet;
using Parquet.Schema;

namespace MacroCausal.Data.Tests.Tables;

public sealed class ParquetTableTests
{
    [Theory]
    [InlineData("TINYINT", "integer")]
    [InlineData("SMALLINT", "integer")]
    [InlineData("INTEGER", "integer")]
    [InlineData("BIGINT", "integer")]
    [InlineData("UTINYINT", "integer")]
    [InlineData("USMALLINT", "integer")]
    [InlineData("UINTEGER", "integer")]
    [InlineData("UBIGINT", "integer")]
    [InlineData("HUGEINT", "number")]
    [InlineData("FLOAT", "number")]
    [InlineData("DOUBLE", "number")]
    [InlineData("DECIMAL(4,1)", "number")]
    [InlineData("DECIMAL(9,2)", "number")]
    [InlineData("DECIMAL(18,4)", "number")]
    [InlineData("DECIMAL(38,10)", "number")]
    public async Task Every_numeric_type_is_read_with_its_nulls(string type, string expected)
    {
        var table = await QueryAsync($"SELECT v::{type} AS x FROM (VALUES (3), (NULL), (127), (0)) AS t(v)");
        var column = table.Find("x").ShouldBeOfType<NumberColumn>();
        column.Type.ShouldBe(expected);
        column.Values.ShouldBe([3, double.NaN, 127, 0]);
    }

    [Fact]
    public async Task Infinities_and_fractions_come_through()
    {
        var table = await QueryAsync("SELECT v::DOUBLE AS x FROM (VALUES ('inf'), ('-inf'), ('nan'), ('0.1'), ('-2.5e300')) AS t(v)");
        table.Find("x").ShouldBeOfType<NumberColumn>().Values
            .ShouldBe([double.PositiveInfinity, double.NegativeInfinity, double.NaN, 0.1, -2.5e300]);
    }

    [Fact]
    public async Task Decimals_keep_their_fraction()
    {
        var table = await QueryAsync("SELECT (-12.345)::DECIMAL(9,3) AS small, 12345678901234567890123456.5::DECIMAL(38,1) AS large");
        table.Find("small").ShouldBeOfType<NumberColumn>().Values[0].ShouldBe(-12.345, 1e-12);
        table.Find("large").ShouldBeOfType<NumberColumn>().Values[0].ShouldBe(12345678901234567890123456.5, 1e12);
    }

    [Fact]
    public async Task Truth_values_text_and_dates_are_read_with_their_nulls()
    {
        var table = await QueryAsync(
            """
            SELECT b::BOOLEAN AS b, s::VARCHAR AS s, d::DATE AS d, d::TIMESTAMP AS us, d::TIMESTAMP_MS AS ms, d::TIMESTAMP_NS AS ns,
                (d || ' 01:00:00+01')::TIMESTAMPTZ AS tz
            FROM (VALUES (true, 'über', '2019-12-01'), (NULL, NULL, NULL), (false, '', '1950-01-31')) AS t(b, s, d)
            """);
        table.Find("b").ShouldBeOfType<BooleanColumn>().Values.ShouldBe([true, null, false]);
        table.Find("s").ShouldBeOfType<TextColumn>().Values.ShouldBe(["über", null, ""]);
        foreach (var name in new[] { "d", "us", "ms", "ns", "tz" })
        {
            table.Find(name).ShouldBeOfType<DateColumn>().Values.ShouldBe(
                [new DateTimeOffset(2019, 12, 1, 0, 0, 0, TimeSpan.Zero), null, new DateTimeOffset(1950, 1, 31, 0, 0, 0, TimeSpan.Zero)],
                name);
        }
    }

    [Fact]
    public async Task Bytes_are_text_where_they_are_utf8_and_unsupported_where_they_are_not()
    {
        var table = await QueryAsync(@"SELECT 'text'::BLOB AS t, '\xFF\xFE'::BLOB AS b");
        table.Find("t").ShouldBeOfType<TextColumn>().Values.ShouldBe(["text"]);
        table.Find("b").ShouldBeOfType<UnsupportedColumn>().Type.ShouldBe("binary");
    }

    [Fact]
    public async Task Nested_and_exotic_columns_are_named_and_not_read()
    {
        var table = await QueryAsync(
            "SELECT [1, 2] AS list, {'a': 1} AS struct, MAP {'k': 1} AS map, TIME '10:00:00' AS time, uuid() AS id, "
            + "INTERVAL 1 DAY AS span, 1.5 AS x");
        foreach (var name in new[] { "list", "struct", "map", "time", "id", "span" })
        {
            table.Find(name).ShouldBeOfType<UnsupportedColumn>(name).Count.ShouldBe(1);
        }

        table.Find("x").ShouldBeOfType<NumberColumn>().Values.ShouldBe([1.5]);
    }

    [Fact]
    public async Task Row_groups_are_read_one_after_the_other()
    {
        var table = await QueryAsync(
            "SELECT range AS i, 'c' || range % 3 AS s, CASE WHEN range % 2 = 0 THEN range END AS n FROM range(10000)",
            ", ROW_GROUP_SIZE 2048");
        table.Rows.ShouldBe(10000);
        table.Find("i").ShouldBeOfType<NumberColumn>().Values.ShouldBe(Enumerable.Range(0, 10000).Select(i => (double)i));
        table.Find("n").ShouldBeOfType<NumberColumn>().Values.Count(double.IsNaN).ShouldBe(5000);
        var texts = table.Find("s").ShouldBeOfType<TextColumn>().Values;
        texts[9999].ShouldBe("c0");
        texts[9999].ShouldBeSameAs(texts[0]);
    }

    [Theory]
    [InlineData(", COMPRESSION zstd")]
    [InlineData(", COMPRESSION gzip")]
    [InlineData(", COMPRESSION uncompressed")]
    [InlineData(", PARQUET_VERSION v2")]
    public async Task Other_compressions_and_versions_are_read(string options)
    {
        var table =
            await QueryAsync("SELECT range AS i, sin(range) AS x, 'r' || range % 4 AS s, range % 2 = 0 AS b FROM range(3000)", options);
        table.Find("i").ShouldBeOfType<NumberColumn>().Values[2999].ShouldBe(2999);
        table.Find("x").ShouldBeOfType<NumberColumn>().Values[7].ShouldBe(Math.Sin(7), 1e-12);
        table.Find("s").ShouldBeOfType<TextColumn>().Values[2998].ShouldBe("r2");
        table.Find("b").ShouldBeOfType<BooleanColumn>().Values[2999].ShouldBe(false);
    }

    [Fact]
    public async Task Dates_numbers_and_text_in_the_delta_encodings_are_read()
    {
        var bytes = await DuckDb.ParquetAsync(
            "SELECT TIMESTAMP '2000-01-01' + to_days(range::INT) AS d, range AS i, sin(range) AS x, 's' || range AS s FROM range(20000)",
            ", PARQUET_VERSION v2");
        var (_, _, chunks) = await DuckDb.ReadMetadataAsync(bytes, "encodings");
        chunks.Select(chunk => chunk[0]).ShouldBe(
            ["DELTA_BINARY_PACKED", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT", "DELTA_LENGTH_BYTE_ARRAY"]);

        var table = await ParquetTable.ReadAsync(new MemoryStream(bytes), "gold");
        table.Find("d").ShouldBeOfType<DateColumn>().Values[19999].ShouldBe(
            new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(19999));
        table.Find("i").ShouldBeOfType<NumberColumn>().Values[19999].ShouldBe(19999);
        table.Find("x").ShouldBeOfType<NumberColumn>().Values[19999].ShouldBe(Math.Sin(19999), 1e-12);
        table.Find("s").ShouldBeOfType<TextColumn>().Values[19999].ShouldBe("s19999");
    }

    [Fact]
    public async Task Timestamps_of_older_writers_and_dates_that_are_none_are_read()
    {
        using var stream = new MemoryStream();
        using (var writer = new ParquetSharp.ParquetFileWriter(
            stream, [new ParquetSharp.Column<ParquetSharp.Int96>("old"), new ParquetSharp.Column<long?>("late", Microseconds)]))
        {
            using var group = writer.AppendRowGroup();
            using (var column = group.NextColumn().LogicalWriter<ParquetSharp.Int96>())
            {
                // Noon of the Julian day 2451545: 2000-01-01.
                column.WriteBatch([new(unchecked((int)43_200_000_000_000), (int)(43_200_000_000_000 >> 32), 2451545)]);
            }

            using (var column = group.NextColumn().LogicalWriter<long?>())
            {
                column.WriteBatch([long.MaxValue]);
            }

            writer.Close();
        }

        var table = await ParquetTable.ReadAsync(new MemoryStream(stream.ToArray()), "gold");
        table.Find("old").ShouldBeOfType<DateColumn>().Values.ShouldBe([new DateTimeOffset(2000, 1, 1, 12, 0, 0, TimeSpan.Zero)]);
        table.Find("late").ShouldBeOfType<DateColumn>().Values.ShouldBe([null]);
    }

    [Fact]
    public async Task A_table_that_is_opened_reads_a_column_when_it_is_asked_for()
    {
        using var stream = new WatchedStream(await WriteAsync(Gold.Synthetic()));
        var whole = await ParquetTable.ReadAsync(stream, "gold");
        using var table = ParquetTable.Open(stream, "gold");
        stream.BytesRead = 0;
        table.Columns.Select(column => (column.Name, column.Type)).ShouldBe(whole.Columns.Select(column => (column.Name, column.Type)));
        stream.BytesRead.ShouldBe(0);
        Cells(table.Find("f1")!).ShouldBe(Cells(whole.Find("f1")!));
        stream.BytesRead.ShouldBeInRange(1, stream.Length / 2);
        table.Columns.ShouldAllBe(column => Cells(column).SequenceEqual(Cells(whole.Find(column.Name)!)));
    }

    [Fact]
    public void Columns_beyond_the_memory_of_a_table_are_read_again()
    {
        var (memory, reads) = (new CellMemory(maxBytes: 2 * 3 * sizeof(double)), 0);
        var columns = Enumerable.Range(0, 3).Select(index => new CellArray<double>(3, () =>
        {
            reads++;
            return [index, index, index];
        }, memory)).ToList();
        columns.ForEach(column => column.Values[0].ShouldBe(columns.IndexOf(column)));
        columns[2].Values[1].ShouldBe(2);
        columns[1].Values[1].ShouldBe(1);
        reads.ShouldBe(3);
        columns[0].Values[1].ShouldBe(0);
        reads.ShouldBe(4);
    }

    [Fact]
    public async Task A_table_without_rows_is_read()
    {
        var table = await QueryAsync("SELECT 1.0 AS x, 'a' AS s WHERE false");
        table.Rows.ShouldBe(0);
        table.Columns.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Names_with_dots_spaces_and_other_scripts_are_read()
    {
        var table = await QueryAsync("SELECT 1 AS \"S&P 500.close\", 2 AS \"a.b\", 3 AS \"ρ\"");
        table.Columns.Select(column => column.Name).ShouldBe(["S&P 500.close", "a.b", "ρ"]);
        table.Find("a.b").ShouldBeOfType<NumberColumn>().Values.ShouldBe([2]);
    }

    [Fact]
    public async Task What_is_written_is_read_by_us_and_by_DuckDB()
    {
        var table = Gold.Synthetic();
        var bytes = await WriteAsync(table);

        var read = await ParquetTable.ReadAsync(new MemoryStream(bytes), "copy");
        foreach (var (expected, actual) in table.Columns.Zip(read.Columns))
        {
            Cells(actual).ShouldBe(Cells(expected), expected.Name);
        }

        var (names, _, rows) = await DuckDb.ReadAsync(bytes);
        names.ShouldBe(table.Columns.Select(column => column.Name));
        rows.Count.ShouldBe(table.Rows);
        rows.Select(row => row[3]).ShouldBe(table.Find("f0").ShouldBeOfType<NumberColumn>().Values.Cast<object?>());
    }

    [Fact]
    public async Task The_same_table_gives_the_same_bytes() =>
        (await WriteAsync(Gold.Synthetic())).ShouldBe(await WriteAsync(Gold.Synthetic()));

    [Fact]
    public async Task A_file_cut_anywhere_is_refused_by_name()
    {
        var bytes = await Gold.BytesAsync();
        var cuts = Enumerable.Range(0, 40).Select(i => (int)(bytes.Length * (i / 40.0))).Concat([1, 3, 4, 5, 8, 11, 12, 13])
            .Concat(Enumerable.Range(1, 20).Select(i => bytes.Length - i));
        foreach (var cut in cuts)
        {
            await ShouldBeRefusedAsync(bytes[..cut], $"cut at {cut}");
        }
    }

    [Fact]
    public async Task A_file_that_lost_bytes_in_the_middle_is_refused_by_name()
    {
        var bytes = await Gold.BytesAsync();
        foreach (var lost in new[] { 1, 100, bytes.Length / 2 })
        {
            await ShouldBeRefusedAsync([.. bytes[..(bytes.Length / 4)], .. bytes[((bytes.Length / 4) + lost)..]], $"lost {lost}");
        }
    }

    [Fact]
    public async Task Numbers_that_slid_because_bytes_are_missing_are_not_taken_for_others()
    {
        var bytes = await DuckDb.ParquetAsync("SELECT sin(range) AS x FROM range(1000)", ", COMPRESSION uncompressed");
        await ShouldBeRefusedAsync([.. bytes[..4000], .. bytes[4008..]], "lost 8");
    }

    [Fact]
    public async Task What_is_not_Parquet_is_refused_by_name()
    {
        (await RefusalAsync([])).ShouldBe("gold is empty; write the table before it is trained on.");
        (await RefusalAsync("date,target\n2019-01-01,1\n"u8.ToArray())).ShouldContain("gold is not a Parquet file");
        (await RefusalAsync("PAR1"u8.ToArray())).ShouldContain("cut short");
    }

    [Fact]
    public async Task Columns_of_the_same_name_are_refused_by_name()
    {
        using var stream = new MemoryStream();
        var fields = new[] { new DataField<double>("gdp"), new DataField<double>("GDP"), new DataField<double>("gdp") };
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream))
        {
            using var group = writer.CreateRowGroup();
            foreach (var field in fields)
            {
                await group.WriteAsync<double>(field, new double[] { 1 }.AsMemory());
            }
        }

        (await RefusalAsync(stream.ToArray())).ShouldBe("gold has more than one column named 'gdp'; rename or drop the repeated ones.");
    }

    [Fact]
    public async Task A_stream_that_fails_is_not_called_a_damaged_file()
    {
        using var stream = new FailingStream(await Gold.BytesAsync());
        await Should.ThrowAsync<IOException>(() => ParquetTable.ReadAsync(stream, "gold"));
    }

    private static async Task<Table> QueryAsync(string query, string options = "") =>
        await ParquetTable.ReadAsync(new MemoryStream(await DuckDb.ParquetAsync(query, options)), "gold");

    private static async Task<byte[]> WriteAsync(Table table)
    {
        using var stream = new MemoryStream();
        await ParquetTable.WriteAsync(table, stream);
        return stream.ToArray();
    }

    private static async Task<string> RefusalAsync(byte[] bytes) =>
        (await Should.ThrowAsync<TableException>(() => ParquetTable.ReadAsync(new MemoryStream(bytes), "gold"))).Message;

    private static async Task ShouldBeRefusedAsync(byte[] bytes, string how)
    {
        var refusal = await Should.ThrowAsync<TableException>(() => ParquetTable.ReadAsync(new MemoryStream(bytes), "gold"), how);
        refusal.Message.ShouldStartWith("gold ", customMessage: how);
    }

    private static object?[] Cells(Column column) => column switch
    {
        NumberColumn numbers => [.. numbers.Values],
        BooleanColumn booleans => [.. booleans.Values],
        TextColumn texts => [.. texts.Values],
        DateColumn dates => [.. dates.Values],
        _ => [],
    };

    private static readonly ParquetSharp.LogicalType Microseconds = ParquetSharp.LogicalType.Timestamp(true, ParquetSharp.TimeUnit.Micros);

    private sealed class WatchedStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, count);
            BytesRead += read;
            return read;
        }
    }

    private sealed class FailingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            Position > 4 && Position < Length / 2 ? throw new IOException("connection reset") : base.Read(buffer, offset, count);
    }
}
