using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static System.FormattableString;

namespace MacroCausal.Data.Preparation;

/// <summary>What the warnings look at: the usable rows of a table, in the order in which they are split.</summary>
internal sealed record WarningInput
{
    /// <summary>Name of the target.</summary>
    public required string TargetName { get; init; }

    /// <summary>The target, [N], finite.</summary>
    public required double[] Target { get; init; }

    /// <summary>Whether the target's column holds truth values.</summary>
    public bool IsBooleanTarget { get; init; }

    /// <summary>
    /// The numeric columns that may become features, each [N], NaN where missing. They are read when asked for, and gone when the next one
    /// is.
    /// </summary>
    public required IReadOnlyList<(string Name, Func<double[]> Read)> Columns { get; init; }

    /// <summary>Number of training rows; they come first.</summary>
    public required int TrainRows { get; init; }

    /// <summary>The validation rows.</summary>
    public required Range Validation { get; init; }

    /// <summary>Dates of the rows, [N]; null where file order is taken as time.</summary>
    public DateTimeOffset[]? Dates { get; init; }

    /// <summary>Groups of the rows, [N]; null where the table is one series.</summary>
    public string[]? Groups { get; init; }

    /// <summary>Dates, or rows, that are left out before a cut: the horizon less one, and the embargo.</summary>
    public long LeftOut { get; init; }
}

/// <summary>
/// What a good colleague would say of a table before it is trained on: each a sentence with a number and a remedy. Nothing here refuses
/// anything or changes what is trained; later rows are looked at to say how they differ, and for nothing else.
/// </summary>
internal static class DataWarnings
{
    private const int MinValidationRows = 30;
    private const double FarScale = 10;
    private const int NamedColumns = 5;

    // Cells in which copies of the target are looked for, 32 MiB; those of the last training rows where there are more.
    private const int MaxLeakageCells = 1 << 22;

    /// <summary>Every warning, the gravest first. Each column is read once, and no two need be in memory together.</summary>
    public static IReadOnlyList<string> Of(WarningInput input, int maxLeakageCells = MaxLeakageCells)
    {
        var first = Math.Max(0, input.TrainRows - Math.Max(1, maxLeakageCells / Math.Max(1, input.Columns.Count)));
        var scans = input.Columns.Select(column => ColumnScan.Of(column.Name, column.Read(), input.TrainRows, first)).ToList();
        var last = input with
        {
            Target = input.Target[first..input.TrainRows],
            Columns = [.. scans.Select(scan => (scan.Name, (Func<double[]>)(() => scan.LastTrainRows)))],
            Groups = input.Groups?[first..input.TrainRows],
            TrainRows = input.TrainRows - first,
        };
        return
        [
            .. Leakage(last, first > 0), .. Overlap.Warnings(last), .. Order(input), .. Panel.Unseen(input), .. Target(input),
            .. Validation(input), .. Identical(scans), .. AfterTraining(scans), .. RowNumbers(scans),
        ];
    }

    private static IEnumerable<string> Leakage(WarningInput input, bool isPart)
    {
        if (TargetCopies.Find(input) is not { Count: > 0 } copies) yield break;
        var where = isPart ? Invariant($"on the last {input.TrainRows} training rows") : "on the training rows";
        foreach (var copy in copies)
        {
            var columns = string.Join(" and ", copy.Columns.Select(name => $"'{name}'"));
            var reproduces = copy.Columns.Count == 1 ? "reproduces" : "together reproduce";
            yield return $"Leakage? {columns} {reproduces} the target '{input.TargetName}' almost exactly " +
                Invariant($"{where} (R2 {copy.RSquared:0.000000}). ") +
                $"If {(copy.Columns.Count == 1 ? "it is" : "they are")} not known when the forecast is made, " +
                $"ignore {(copy.Columns.Count == 1 ? "it" : "them")}: " +
                $"{string.Join(" ", copy.Columns.Select(name => $"--ignore '{name}'"))}.";
        }
    }

    private static IEnumerable<string> Order(WarningInput input)
    {
        if (input.Dates is not null) yield break;
        var (up, down, distinct) = (Steps(input.Target, 1), Steps(input.Target, -1), input.Target.Distinct().Take(20).Count());
        if (distinct >= 20 && (up == 0 || down == 0))
        {
            yield return $"The file seems to be sorted by the target: '{input.TargetName}' never {(up == 0 ? "rises" : "falls")} " +
                Invariant($"in {input.Target.Length} rows, and there is no date column. ") +
                "Training and validation rows then differ by construction. Restore the order of time, or name the --date column.";
        }
    }

    private static IEnumerable<string> Target(WarningInput input)
    {
        var distinct = input.Target.Distinct().Take(11).Count();
        if (input.IsBooleanTarget || (distinct == 2 && input.Target.All(value => value is 0 or 1)))
        {
            yield return $"The target '{input.TargetName}' is true or false. " +
                "The model is a regression: its forecast is a share between 0 and 1 at best, its loss the Brier score.";
        }
        else if (distinct <= 10 && input.Target.All(value => value == Math.Floor(value)))
        {
            yield return Invariant($"The target '{input.TargetName}' has only {distinct} whole numbers. ") +
                "If they name classes, squared errors between them say nothing; the model is a regression.";
        }
    }

    private static IEnumerable<string> Validation(WarningInput input)
    {
        var train = Moments.Of(input.Target.AsSpan(0, input.TrainRows));
        var later = input.Target[input.Validation];
        if (later.Length == 0) yield break;
        if (later.Length < MinValidationRows)
        {
            yield return Invariant($"Only {later.Length} validation rows: ") +
                Invariant($"a loss on fewer than {MinValidationRows} rows is mostly noise. Add rows, or lower --train-fraction.");
        }

        var validation = Moments.Of(later);
        var shift = train.Scale > 0 ? Math.Abs(validation.Mean - train.Mean) / train.Scale : 0;
        var ratio = train.Scale > 0 ? validation.Scale / train.Scale : 1;
        if (shift > 1.5)
        {
            yield return Invariant($"The target is elsewhere on the validation rows: its mean is {validation.Mean:G4} there ") +
                Invariant($"and {train.Mean:G4} on the training rows, {shift:0.0} standard deviations apart. ") +
                "A network does not extrapolate a trend; predict the change or the growth instead of the level.";
        }
        else if (ratio is > 2.5 or < 0.4)
        {
            yield return $"The target varies {(ratio > 1 ? "more" : "less")} on the validation rows: " +
                Invariant($"standard deviation {validation.Scale:G4} there, {train.Scale:G4} on the training rows. ") +
                "Losses on them say little of other times; compare with other values of --train-fraction.";
        }
    }

    private static IEnumerable<string> Identical(List<ColumnScan> scans)
    {
        var groups = scans.GroupBy(scan => scan.Sha256, StringComparer.Ordinal);
        foreach (var group in groups.Where(group => group.Count() > 1).Select(group => group.ToList()))
        {
            var others = string.Join(", ", group.Skip(1).Take(NamedColumns).Select(scan => $"'{scan.Name}'"));
            var more = group.Count - 1 > NamedColumns ? Invariant($" and {group.Count - 1 - NamedColumns} more") : "";
            yield return $"Identical columns: {others}{more} {(group.Count == 2 ? "repeats" : "repeat")} '{group[0].Name}' in every row. " +
                "Ignore the copies with --ignore.";
        }
    }

    private static IEnumerable<string> AfterTraining(List<ColumnScan> scans)
    {
        var constant = scans.Where(scan => scan.ChangesOnlyLater).Select(scan => scan.Name).ToList();
        if (constant.Count > 0)
        {
            yield return $"Constant on the training rows but not after them: {Named(constant)}. " +
                "Nothing can be learned of what changes only later; such columns are dropped.";
        }

        var far = scans.Where(scan => scan.FarCells > 0).ToList();
        if (far.Count > 0)
        {
            var cells = far.Sum(scan => scan.FarCells);
            yield return Panel.Counted(cells, "cell", "cells") +
                Invariant($" after the training rows {(cells == 1 ? "lies" : "lie")} more than {FarScale:0} standard deviations ") +
                $"from the training mean, in {Named([.. far.Select(scan => scan.Name)])}. " +
                "The model answers there by extrapolation; check units and outliers, or use changes instead of levels.";
        }
    }

    private static IEnumerable<string> RowNumbers(List<ColumnScan> scans) =>
        scans.Where(scan => scan.RowStep != 0).Select(scan =>
            $"'{scan.Name}' counts the rows (it changes by {scan.RowStep:0} each time). " +
            $"A row number is a trend in disguise; ignore it with --ignore '{scan.Name}'.");

    private static string Named(List<string> names) =>
        string.Join(", ", names.Take(NamedColumns).Select(name => $"'{name}'")) +
        (names.Count > NamedColumns ? Invariant($" and {names.Count - NamedColumns} more") : "");

    private static int Steps(double[] values, int sign) =>
        values.Zip(values.Skip(1), (left, right) => Math.Sign(right - left)).Count(step => step == sign);

    /// <summary>What the warnings must know of a column, so that its cells can be given up.</summary>
    private sealed record ColumnScan
    {
        public required string Name { get; init; }

        /// <summary>Of all cells; columns of the same are identical.</summary>
        public required string Sha256 { get; init; }

        /// <summary>The last training rows, in which copies of the target are looked for.</summary>
        public required double[] LastTrainRows { get; init; }

        /// <summary>Whether it is constant on the training rows and not after them.</summary>
        public bool ChangesOnlyLater { get; init; }

        /// <summary>Cells after the training rows beyond <see cref="FarScale"/> standard deviations.</summary>
        public int FarCells { get; init; }

        /// <summary>1 or -1 where it changes by that from row to row, else 0.</summary>
        public double RowStep { get; init; }

        public static ColumnScan Of(string name, double[] values, int trainRows, int firstRow)
        {
            using var known = new ColumnBuffer(trainRows);
            foreach (var value in values.AsSpan(0, trainRows))
            {
                if (double.IsFinite(value))
                {
                    known.Add(value);
                }
            }

            var later = values.Skip(trainRows).Where(double.IsFinite);
            var scan = new ColumnScan
            {
                Name = name,
                Sha256 = Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<double>(values))),
                LastTrainRows = values[firstRow..trainRows],
                RowStep = StepOfRows(values),
            };
            if (known.Span.IsEmpty) return scan;
            if (!known.Span.ContainsAnyExcept(known.Span[0]))
            {
                var only = known.Span[0];
                return scan with { ChangesOnlyLater = later.Any(value => value != only) };
            }

            var moments = Moments.Of(known.Span);
            return scan with { FarCells = later.Count(value => Math.Abs(value - moments.Mean) > FarScale * moments.Scale) };
        }

        private static double StepOfRows(double[] values)
        {
            if (values.Length < 10 || !values.All(double.IsFinite) || Math.Abs(values[1] - values[0]) != 1) return 0;
            var step = values[1] - values[0];
            return values.Zip(values.Skip(1), (left, right) => right - left).All(difference => difference == step) ? step : 0;
        }
    }
}
