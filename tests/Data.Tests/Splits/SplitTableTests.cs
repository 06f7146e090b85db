using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Splits;

public sealed class SplitTableTests
{
    [Fact]
    public async Task DuckDB_finds_the_same_values_rows_names_and_types()
    {
        var split = DatasetBuilder.Build(await Gold.TableAsync(), new PrepareOptions()).Train;
        var (names, types, rows) = await DuckDb.ReadAsync(await WriteAsync(split));

        names.ShouldBe(["date", .. split.Names, "target"]);
        types[0].ShouldBe(typeof(DateTime));
        types.Skip(1).ShouldAllBe(type => type == typeof(float));
        rows.Count.ShouldBe(split.Rows);
        for (var i = 0; i < split.Rows; i++)
        {
            ((DateTime)rows[i][0]!).ToUniversalTime().ShouldBe(split.Dates![i].UtcDateTime);
            rows[i].Skip(1).SkipLast(1).Cast<float>().ToArray().ShouldBe(split.Row(i).ToArray());
            rows[i][^1].ShouldBe(split.Target![i]);
        }
    }

    [Fact]
    public async Task A_split_is_read_as_it_was_written()
    {
        var split = DatasetBuilder.Build(await Gold.TableAsync(), new PrepareOptions()).Validation;
        var read = await SplitTable.ReadAsync(new MemoryStream(await WriteAsync(split)), "validation");
        read.Names.ShouldBe(split.Names);
        read.Features.ShouldBe(split.Features);
        read.Target.ShouldBe(split.Target);
        read.Dates.ShouldBe(split.Dates);
    }

    [Fact]
    public async Task A_trainer_reads_a_split_without_its_dates()
    {
        var split = DatasetBuilder.Build(await Gold.TableAsync(), new PrepareOptions()).Validation;
        var read = await SplitTable.ReadWithoutDatesAsync(new MemoryStream(await WriteAsync(split)), "validation");
        read.Features.ShouldBe(split.Features);
        read.Target.ShouldBe(split.Target);
        read.Dates.ShouldBeNull();
    }

    [Fact]
    public async Task A_table_without_dates_makes_a_split_without_dates()
    {
        var split = new FeatureMatrix { Names = ["a=b.c", "ρ#missing"], Features = [1, 2, 3, 4], Rows = 2, Target = [0.5f, -0.5f] };
        var bytes = await WriteAsync(split);
        (await DuckDb.ReadAsync(bytes)).Names.ShouldBe(["a=b.c", "ρ#missing", "target"]);
        var read = await SplitTable.ReadAsync(new MemoryStream(bytes), "train");
        read.Features.ShouldBe([1, 2, 3, 4]);
        read.Dates.ShouldBeNull();
    }

    [Fact]
    public async Task The_file_is_compressed_with_snappy()
    {
        var bytes = await WriteAsync(new FeatureMatrix { Names = ["a"], Features = [1], Rows = 1, Target = [1] });
        var (_, _, rows) = await DuckDb.ReadMetadataAsync(bytes, "compression");
        rows.ShouldAllBe(row => (string)row[0]! == "SNAPPY");
    }

    [Fact]
    public async Task The_same_split_gives_the_same_bytes()
    {
        var table = await Gold.TableAsync();
        (await WriteAsync(DatasetBuilder.Build(table, new PrepareOptions()).Train))
            .ShouldBe(await WriteAsync(DatasetBuilder.Build(table, new PrepareOptions()).Train));
    }

    [Fact]
    public async Task Five_thousand_features_come_back_in_place()
    {
        var random = new Random(5);
        var split = new FeatureMatrix
        {
            Names = [.. Enumerable.Range(0, 5000).Select(i => $"f{i}")],
            Features = [.. Enumerable.Range(0, 20 * 5000).Select(_ => random.NextSingle())],
            Rows = 20,
            Target = [.. Enumerable.Range(0, 20).Select(_ => random.NextSingle())],
        };
        (await SplitTable.ReadAsync(new MemoryStream(await WriteAsync(split)), "train")).Features.ShouldBe(split.Features);
    }

    [Fact]
    public async Task Another_table_is_no_split()
    {
        using var stream = new MemoryStream();
        await ParquetTable.WriteAsync(Gold.Synthetic(), stream);
        (await Should.ThrowAsync<TableException>(() => SplitTable.ReadAsync(stream, "s3://b/k"))).Message.ShouldStartWith(
            "s3://b/k is no split");
    }

    private static async Task<byte[]> WriteAsync(FeatureMatrix split)
    {
        using var stream = new MemoryStream();
        await SplitTable.WriteAsync(split, stream);
        return stream.ToArray();
    }
}
