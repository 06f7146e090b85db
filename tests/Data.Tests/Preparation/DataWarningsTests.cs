using MacroCausal.Data.Preparation;

namespace MacroCausal.Data.Tests.Preparation;

public sealed class DataWarningsTests
{
    private const int Rows = 200;
    private const int TrainRows = 160;

    [Fact]
    public void Nothing_is_said_of_a_table_without_oddities()
    {
        var noise = new Random(1);

        Of(Noise(noise), ("x", Noise(noise)), ("y", Noise(noise))).ShouldBeEmpty();
    }

    [Fact]
    public void A_copy_of_the_target_is_leakage()
    {
        var noise = new Random(1);
        var close = Walk(noise);

        var warning = Of(close, ("adjclose", [.. close.Select(value => (1.02 * value) + 3)]), ("volume", Noise(noise)))[0];

        warning.ShouldStartWith("Leakage? 'adjclose' reproduces the target 'target' almost exactly on the training rows (R2 1.000000).");
        warning.ShouldEndWith("ignore it: --ignore 'adjclose'.");
    }

    [Fact]
    public void A_copy_in_a_large_table_is_looked_for_in_the_last_training_rows()
    {
        var noise = new Random(1);
        var target = Noise(noise);
        var copy = target.Select((value, row) => row < 100 ? Normal(noise) : value).ToArray();
        var input = With(Input(target), ("copy", copy), ("other", Noise(noise)));

        DataWarnings.Of(input).ShouldBeEmpty();
        DataWarnings.Of(input, maxLeakageCells: 2 * 60).ShouldHaveSingleItem()
            .ShouldStartWith("Leakage? 'copy' reproduces the target 'target' almost exactly on the last 60 training rows (R2 1.000000).");
    }

    [Fact]
    public void Two_columns_that_give_the_target_together_are_leakage()
    {
        var noise = new Random(2);
        var (exports, imports) = (Walk(noise), Walk(noise));
        var balance = exports.Zip(imports, (left, right) => left - right).ToArray();

        Of(balance, ("exports", exports), ("other", Noise(noise)), ("imports", imports))[0]
            .ShouldStartWith("Leakage? 'exports' and 'imports' together reproduce the target");
    }

    [Fact]
    public void A_sum_that_gives_the_target_is_leakage()
    {
        var noise = new Random(3);
        var parts = Enumerable.Range(0, 5).Select(index => (Name: $"part{index}", Values: Noise(noise))).ToList();
        var sum = Enumerable.Range(0, Rows).Select(row => parts.Sum(part => part.Values[row])).ToArray();

        var warning = Of(sum, [.. parts, ("other", Noise(noise))]).ShouldHaveSingleItem();

        foreach (var (name, _) in parts) warning.ShouldContain($"--ignore '{name}'");
        warning.ShouldNotContain("other");
    }

    [Fact]
    public void The_last_value_of_a_persistent_series_is_no_leakage()
    {
        var walk = Walk(new Random(4), Rows + 1);

        Of(walk[1..], ("lag", walk[..^1])).ShouldNotContain(warning => warning.Contains("Leakage", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_sorted_by_its_target_is_told()
    {
        var noise = new Random(5);
        double[] sorted = [.. Noise(noise).Order()];

        Of(sorted, ("x", Noise(noise))).ShouldContain(warning => warning.StartsWith(
            "The file seems to be sorted by the target: 'target' never falls in 200 rows", StringComparison.Ordinal));
        Of(Dated(sorted), ("x", Noise(noise))).ShouldNotContain(warning => warning.Contains("sorted", StringComparison.Ordinal));
    }

    [Fact]
    public void A_target_some_rows_ahead_is_found_out_and_its_overlap_told()
    {
        var noise = new Random(6);
        var level = Walk(noise, Rows + 6).Select(value => Math.Exp(value / 50)).ToArray();
        double[] later = level[6..], change = [.. later.Zip(level, (next, now) => next - now)],
            growth = [.. later.Zip(level, (next, now) => Math.Round(100 * Math.Log(next / now), 6))];
        var columns = new[] { ("noise", Noise(noise)), ("level", level[..Rows]) };
        const string Remedy = " on the training rows, so the targets of the last 5 lie among the validation rows. " +
            "Say --horizon 6 (horizon), and they are left out.";

        Of(later, columns).ShouldContain("The target 'target' is 'level' 6 rows later" + Remedy);
        Of(change, columns).ShouldContain("The target 'target' is the change of 'level' over the next 6 rows" + Remedy);
        Of(growth, columns).ShouldContain("The target 'target' is the logarithmic growth of 'level' over the next 6 rows" + Remedy);
        Of(Input(change) with { LeftOut = 5 }, columns)
            .ShouldNotContain(warning => warning.Contains("--horizon", StringComparison.Ordinal));
    }

    [Fact]
    public void A_target_one_row_ahead_needs_no_horizon()
    {
        var walk = Walk(new Random(17), Rows + 1);

        Of(walk[1..], ("now", walk[..Rows])).ShouldNotContain(warning => warning.Contains("--horizon", StringComparison.Ordinal));
    }

    [Fact]
    public void Groups_that_no_training_row_has_are_counted()
    {
        var noise = new Random(18);
        string[] groups = [.. Enumerable.Range(0, Rows).Select(row => row % 4 == 0 && row >= TrainRows ? "New" : row % 2 == 0 ? "A" : "B")];

        Of(Dated(Noise(noise)) with { Groups = groups }, ("x", Noise(noise))).ShouldHaveSingleItem().ShouldStartWith(
            "1 of 3 groups on the validation rows is not among the training rows ('New'; 10 rows).");
    }

    [Fact]
    public void A_boolean_target_is_told() =>
        Of([.. Enumerable.Range(0, Rows).Select(row => (double)(row * 7 % 5 % 2))], ("x", Noise(new Random(7))))
            .ShouldContain(warning => warning.Contains("Brier", StringComparison.Ordinal));

    [Fact]
    public void A_target_of_few_whole_numbers_is_told() =>
        Of([.. Enumerable.Range(0, Rows).Select(row => (double)(row * 7 % 5))], ("x", Noise(new Random(8))))
            .ShouldContain(warning => warning.StartsWith("The target 'target' has only 5 whole numbers.", StringComparison.Ordinal));

    [Fact]
    public void Few_validation_rows_are_told()
    {
        var noise = new Random(9);
        var input = Input(Noise(noise)) with { TrainRows = 180, Validation = 180..200 };

        Of(input, ("x", Noise(noise))).ShouldHaveSingleItem().ShouldStartWith("Only 20 validation rows");
    }

    [Fact]
    public void A_target_that_moves_away_is_told() =>
        Of([.. Enumerable.Range(0, Rows).Select(row => row + (row * 13 % 7 * 0.1))], ("x", Noise(new Random(10))))
            .ShouldContain(warning => warning.StartsWith("The target is elsewhere on the validation rows", StringComparison.Ordinal));

    [Fact]
    public void A_target_that_varies_more_is_told()
    {
        var noise = new Random(11);
        var target = Noise(noise);
        for (var row = TrainRows; row < Rows; row++) target[row] *= 5;

        Of(target, ("x", Noise(noise))).ShouldHaveSingleItem().ShouldStartWith("The target varies more on the validation rows");
    }

    [Fact]
    public void Identical_columns_are_told()
    {
        var noise = new Random(12);
        var values = Noise(noise);
        values[3] = double.NaN;

        Of(Noise(noise), ("a", values), ("b", values.ToArray()), ("c", Noise(noise))).ShouldBe(
            ["Identical columns: 'b' repeats 'a' in every row. Ignore the copies with --ignore."]);
    }

    [Fact]
    public void A_column_that_changes_only_after_training_is_told()
    {
        var noise = new Random(13);

        Of(Noise(noise), ("x", Noise(noise)), ("late", [.. Enumerable.Range(0, Rows).Select(row => row > 170 ? 1.0 : 0)]))
            .ShouldHaveSingleItem()
            .ShouldStartWith("Constant on the training rows but not after them: 'late'.");
    }

    [Fact]
    public void Cells_far_out_are_counted()
    {
        var noise = new Random(14);
        var values = Noise(noise);
        (values[165], values[170]) = (40, -40);

        Of(Noise(noise), ("x", values)).ShouldHaveSingleItem().ShouldStartWith(
            "2 cells after the training rows lie more than 10 standard deviations from the training mean, in 'x'.");
        values[170] = 0;
        Of(Noise(noise), ("x", values)).ShouldHaveSingleItem().ShouldStartWith("1 cell after the training rows lies more than 10");
    }

    [Fact]
    public void A_row_number_is_told()
    {
        var noise = new Random(15);

        Of(Noise(noise), ("id", [.. Enumerable.Range(0, Rows).Select(row => (double)row)])).ShouldHaveSingleItem()
            .ShouldStartWith("'id' counts the rows");
    }

    [Fact]
    public void Names_are_shown_as_they_are_and_missing_cells_do_no_harm()
    {
        var nothing = Enumerable.Repeat(double.NaN, Rows).ToArray();

        Of(Noise(new Random(16)), ("all {0} missing", nothing)).ShouldBeEmpty();
    }

    private static IReadOnlyList<string> Of(double[] target, params (string Name, double[] Values)[] columns) => Of(Input(target), columns);

    private static IReadOnlyList<string> Of(WarningInput input, params (string Name, double[] Values)[] columns) =>
        DataWarnings.Of(With(input, columns));

    private static WarningInput With(WarningInput input, params (string Name, double[] Values)[] columns) =>
        input with { Columns = [.. columns.Select(column => (column.Name, (Func<double[]>)(() => column.Values)))] };

    private static WarningInput Input(double[] target) =>
        new() { TargetName = "target", Target = target, Columns = [], TrainRows = TrainRows, Validation = TrainRows..Rows };

    private static WarningInput Dated(double[] target) =>
        Input(target) with
        {
            Dates = [.. Enumerable.Range(0, Rows).Select(row => new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(row))],
        };

    private static double[] Noise(Random random) => [.. Enumerable.Range(0, Rows).Select(_ => Normal(random))];

    private static double[] Walk(Random random, int rows = Rows)
    {
        var walk = new double[rows];
        for (var row = 1; row < rows; row++) walk[row] = walk[row - 1] + Normal(random);
        return walk;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
