using System.Text;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Tables;

public sealed class CsvTableTests
{
    [Fact]
    public async Task Types_are_inferred_and_missing_cells_found()
    {
        var table = await ReadAsync(
            """
            date,when,gdp,count,recession,regime,empty,mixed
            2019-01-01,2019-01-01T10:00:00+02:00,1.5,3,true,high,,1
            2019-02-01,2019-02-01 00:00:00,NA,-4,FALSE,"low, very",NaN,x
            2019-03,,-inf,NaN,,NA,null,2019-01-01
            """);
        table.Find("date").ShouldBeOfType<DateColumn>().Values[2].ShouldBe(new DateTimeOffset(2019, 3, 1, 0, 0, 0, TimeSpan.Zero));
        table.Find("when").ShouldBeOfType<DateColumn>().Values[..2]
            .ShouldBe([new DateTimeOffset(2019, 1, 1, 8, 0, 0, TimeSpan.Zero), new DateTimeOffset(2019, 2, 1, 0, 0, 0, TimeSpan.Zero)]);
        table.Find("gdp").ShouldBeOfType<NumberColumn>().Values.ShouldBe([1.5, double.NaN, double.NegativeInfinity]);
        table.Find("count").ShouldBeOfType<NumberColumn>().Values.ShouldBe([3, -4, double.NaN]);
        table.Find("count")!.Type.ShouldBe("integer");
        table.Find("gdp")!.Type.ShouldBe("number");
        table.Find("recession").ShouldBeOfType<BooleanColumn>().Values.ShouldBe([true, false, null]);
        table.Find("regime").ShouldBeOfType<TextColumn>().Values.ShouldBe(["high", "low, very", null]);
        table.Find("empty").ShouldBeOfType<NumberColumn>().Values.ShouldAllBe(value => double.IsNaN(value));
        table.Find("mixed").ShouldBeOfType<TextColumn>().Values.ShouldBe(["1", "x", "2019-01-01"]);
    }

    [Theory]
    [InlineData("a;b\n1;2\n")]
    [InlineData("a\tb\r\n1\t2\r\n")]
    [InlineData("a,b\n\n1,2\n\n")]
    public async Task Separators_and_line_ends_are_found_out(string text)
    {
        var table = await ReadAsync(text);
        table.Columns.Select(column => column.Name).ShouldBe(["a", "b"]);
        table.Find("b").ShouldBeOfType<NumberColumn>().Values.ShouldBe([2]);
    }

    [Theory]
    [InlineData("# made by hand\na,b\n1,2\n# the end\n")]
    [InlineData("# made by hand\n# a,b\n1,2\n")]
    [InlineData("#a;b\n1;2\n")]
    [InlineData("# one, two\na\tb\n1\t2\n")]
    public async Task Comment_lines_are_skipped_and_a_header_among_them_found(string text)
    {
        var table = await ReadAsync(text);
        table.Columns.Select(column => column.Name).ShouldBe(["a", "b"]);
        table.Find("b").ShouldBeOfType<NumberColumn>().Values.ShouldBe([2]);
    }

    [Fact]
    public async Task A_missing_cell_that_begins_a_line_is_no_comment() =>
        (await ReadAsync("a,b\n#N/A,2\n1,3\n")).Find("b").ShouldBeOfType<NumberColumn>().Values.ShouldBe([2, 3]);

    [Fact]
    public async Task A_few_texts_among_numbers_are_missing_and_named()
    {
        string Text(int strays) => "x,y\n" + string.Concat(
            Enumerable.Range(0, 300).Select(row => row % 100 == 16 && row / 100 < strays ? $"n.\u001b[2Ja.,{row}\n" : $"{row}.5,{row}\n"));

        var table = await ReadAsync(Text(2));
        var parquet = new MemoryStream();
        await ParquetTable.WriteAsync(table, parquet);

        var x = table.Find("x").ShouldBeOfType<NumberColumn>();
        x.Values.Count(double.IsNaN).ShouldBe(2);
        x.Values[16].ShouldBe(double.NaN);
        string[] warnings =
        [
            "'x' holds numbers but for 2 of 300 cells, such as 'n.\ufffd[2Ja.' in row 17: taken as missing. "
                + "Correct the file if that is wrong.",
        ];
        table.Warnings.ShouldBe(warnings);
        (await ParquetTable.ReadAsync(parquet, "file")).Warnings.ShouldBe(warnings);
        ParquetTable.Open(parquet, "file").Warnings.ShouldBe(warnings);
        (await ReadAsync(Text(3))).Find("x").ShouldBeOfType<TextColumn>();
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_first_name()
    {
        var table = await CsvTable.ReadAsync(new MemoryStream([0xEF, 0xBB, 0xBF, .. "a,b\n1,2"u8]), "file");
        table.Find("a").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("", "file is empty")]
    [InlineData("a,b,a\n1,2,3\n", "more than one column named 'a'")]
    [InlineData(",a\n1,2\n", "no name for column 1")]
    [InlineData("a,b\n1,2\n1,2,3\n", "3 cells in line 3 but 2 columns")]
    [InlineData("a,b\n1,\"2\n", "not a CSV file")]
    public async Task What_is_wrong_is_told_in_one_sentence(string text, string expected)
    {
        var refusal = await Should.ThrowAsync<TableException>(() => ReadAsync(text));
        refusal.Message.ShouldContain(expected);
        refusal.Message.ShouldStartWith("file ");
    }

    [Fact]
    public async Task Binary_files_are_no_CSV()
    {
        await Should.ThrowAsync<TableException>(() =>
            CsvTable.ReadAsync(new MemoryStream([0x50, 0x41, 0x52, 0x31, 0xFF, 0xFE, 0x00, 0x0A]), "file"));
        await Should.ThrowAsync<TableException>(() => CsvTable.ReadAsync(new MemoryStream([0x50, 0x00, 0x2C, 0x31, 0x0A]), "file"));
    }

    [Fact]
    public async Task A_CSV_table_survives_as_Parquet()
    {
        var table = await ReadAsync("date,x,b,s\n2019-01-01,1.5,true,a\n2019-02-01,,,\n");
        using var stream = new MemoryStream();
        await ParquetTable.WriteAsync(table, stream);
        var read = await ParquetTable.ReadAsync(stream, "copy");
        read.Find("x").ShouldBeOfType<NumberColumn>().Values.ShouldBe([1.5, double.NaN]);
        read.Find("s").ShouldBeOfType<TextColumn>().Values.ShouldBe(["a", null]);
        read.Find("date").ShouldBeOfType<DateColumn>().Values[1]!.Value.Month.ShouldBe(2);
    }

    private static Task<Table> ReadAsync(string text) => CsvTable.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), "file");
}
