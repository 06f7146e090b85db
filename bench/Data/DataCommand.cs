using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ParquetSharp;

namespace MacroCausal.Bench.Data;

/// <summary>
/// <c>bench data</c>: a gold table of doubles is prepared, trained on for a few epochs and registered, each by its service alone in a
/// process.
/// </summary>
internal static class DataCommand
{
    private const int GroupRows = 100_000;

    public static System.CommandLine.Command Create()
    {
        var rows = new Option<int[]>("--rows")
        {
            Description = "Rows of the tables",
            DefaultValueFactory = _ => [10_000, 100_000, 1_000_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var features = new Option<int>("--features") { Description = "Features of the tables", DefaultValueFactory = _ => 100 };
        var epochs = new Option<int>("--epochs") { Description = "Epochs of the one trial", DefaultValueFactory = _ => 2 };
        var keep = new Option<DirectoryInfo?>("--keep")
        {
            Description = "A folder in which the tables and what is made of them stay; tables that are there are used again",
        };
        var command = new System.CommandLine.Command("data", "Time and memory of preparing, training and registering, by size of the table")
        {
            rows, features, epochs, keep,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(rows), parsed.GetValue(features), parsed.GetValue(epochs), parsed.GetValue(keep), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        int[] sizes, int features, int epochs, DirectoryInfo? keep, CancellationToken cancellationToken)
    {
        Console.WriteLine(Invariant($"{features} features, {epochs} epochs of a trial with batches of 1,024 and layers of 64 and 32:\n"));
        var lines = new List<IReadOnlyList<string>>();
        foreach (var rows in sizes)
        {
            lines.Add(await MeasureAsync(rows, features, epochs, keep, cancellationToken));
        }

        Report.Write(
            [
                "rows", "table, MB", "prepare, s", "rows/s", "DataPrep, MiB", "train, s", "TrialRunner, MiB", "times the matrix",
                "register, s", "Registry, MiB",
            ],
            lines);
        return 0;
    }

    private static async Task<IReadOnlyList<string>> MeasureAsync(
        int rows, int features, int epochs, DirectoryInfo? keep, CancellationToken cancellationToken)
    {
        var folder = keep is null
            ? Directory.CreateTempSubdirectory("macrocausal-bench-").FullName
            : keep.CreateSubdirectory(Invariant($"{rows}x{features}")).FullName;
        try
        {
            var gold = DataStage.GoldPath(folder);
            Directory.CreateDirectory(Path.GetDirectoryName(gold)!);
            if (!File.Exists(gold))
            {
                WriteTable(gold, rows, features);
            }

            DataStage.Clear(folder);
            foreach (var stage in DataStage.All)
            {
                await RunAsync(stage, folder, epochs, cancellationToken);
            }

            var (prepare, train, register) =
                (DataStage.Cost(folder, "prepare"), DataStage.Cost(folder, "train"), DataStage.Cost(folder, "register"));
            var matrix = rows * 0.8 * features * sizeof(float) / (1024 * 1024);
            return
            [
                Number(rows), Number(new FileInfo(gold).Length / 1e6), Seconds(prepare), Number(rows / prepare.Seconds),
                Number(prepare.PeakMiB), Seconds(train), Number(train.PeakMiB), Invariant($"{train.PeakMiB / matrix:0.00}"),
                Seconds(register), Number(register.PeakMiB),
            ];
        }
        finally
        {
            if (keep is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task RunAsync(string stage, string folder, int epochs, CancellationToken cancellationToken)
    {
        string[] arguments = ["data-stage", stage, folder, epochs.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new InvalidOperationException($"The stage '{stage}' ended with {process.ExitCode}; see above.");
    }

    // Rows a second apart; noise in every feature, and a target of the first three.
    private static void WriteTable(string path, int rows, int features)
    {
        var random = new Random(1);
        var columns = Enumerable.Range(0, features).Select(j => (Column)new Column<double>(Invariant($"f{j}")));
        using var file = new ParquetFileWriter(path, [new Column<DateTime>("date"), .. columns, new Column<double>("target")]);
        for (var start = 0; start < rows; start += GroupRows)
        {
            var values = new double[Math.Min(GroupRows, rows - start)];
            var target = new double[values.Length];
            using var group = file.AppendRowGroup();
            using (var dates = group.NextColumn().LogicalWriter<DateTime>())
            {
                var first = start;
                dates.WriteBatch([.. values.Select((_, row) => DateTime.UnixEpoch.AddSeconds(first + row))]);
            }

            for (var j = 0; j < features; j++)
            {
                for (var row = 0; row < values.Length; row++)
                {
                    values[row] = random.NextDouble();
                    target[row] += j < 3 ? values[row] : 0;
                }

                using var column = group.NextColumn().LogicalWriter<double>();
                column.WriteBatch(values);
            }

            using var last = group.NextColumn().LogicalWriter<double>();
            last.WriteBatch(target);
        }

        file.Close();
    }

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Seconds(StageCost cost) => cost.Seconds.ToString("N1", CultureInfo.InvariantCulture);
}
