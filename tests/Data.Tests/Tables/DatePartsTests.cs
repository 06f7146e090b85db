using System.Text;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Tables;

public sealed class DatePartsTests
{
    [Theory]
    [InlineData("year,quarter,target", "1959,1,5;1959,4,6;1960,2,7", "1959-01-01 1959-10-01 1960-04-01")]
    [InlineData("Year,QTR,target", "1959,1,5;1959,2,6", "1959-01-01 1959-04-01")]
    [InlineData("target,yr,month", "5,2000,2;6,2000,12", "2000-02-01 2000-12-01")]
    [InlineData("year,month,day,target", "2000,2,29,1;2001,2,28,2", "2000-02-29 2001-02-28")]
    [InlineData("year,quarter,month,target", "2000,1,2,5;2000,1,3,6", "2000-02-01 2000-03-01")]
    [InlineData("country,year,quarter,target", "a,1959,1,5;b,1959,1,6", "1959-01-01 1959-01-01")]
    public async Task Years_with_quarters_or_months_date_the_rows(string header, string rows, string dates)
    {
        var table = await ReadAsync(header, rows);

        table.Columns[0].ShouldBeOfType<DateColumn>().Values.Select(date => $"{date:yyyy-MM-dd}").ShouldBe(dates.Split(' '));
        table.Columns.Skip(1).Select(column => column.Name).ShouldBe(header.Split(','));
        table.Warnings.ShouldHaveSingleItem().ShouldEndWith("what the model should not see.");
    }

    [Theory]
    [InlineData("year,quarter,target", "1959,1,5;1959,5,6")]
    [InlineData("year,quarter,target", "1959,1,5;1959,,6")]
    [InlineData("year,quarter,target", "59,1,5;59,2,6")]
    [InlineData("year,quarter,target", "1959.5,1,5;1960,2,6")]
    [InlineData("year,month,day,target", "2001,2,28,5;2001,2,29,6")]
    [InlineData("year,target", "1959,5;1960,6")]
    [InlineData("quarter,target", "1,5;2,6")]
    [InlineData("year,yr,quarter,target", "1959,1959,1,5;1959,1959,2,6")]
    [InlineData("when,year,quarter,target", "1959-01-01,1959,1,5;1959-04-01,1959,2,6")]
    [InlineData("Date,year,quarter,target", "x,1959,1,5;y,1959,2,6")]
    public async Task What_dates_no_row_or_is_not_needed_is_left_as_it_is(string header, string rows)
    {
        var table = await ReadAsync(header, rows);

        table.Columns.Select(column => column.Name).ShouldBe(header.Split(','));
        table.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Such_a_table_is_sorted_and_quarterly()
    {
        var rows = Enumerable.Range(0, 60).Reverse().Select(row => $"{1990 + (row / 4)},{1 + (row % 4)},{row % 7}");

        var data = DatasetBuilder.Build(await ReadAsync("year,quarter,target", string.Join(';', rows)), new PrepareOptions());

        data.Profile.Time!.ShouldBe("Dates from 'date': quarterly; the file is newest first, its rows were sorted.");
        data.Train.Dates![0].Year.ShouldBe(1990);
    }

    private static Task<Table> ReadAsync(string header, string rows) =>
        CsvTable.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes($"{header}\n{rows.Replace(';', '\n')}\n")), "t.csv");
}
