using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;

namespace MacroCausal.Bench.Training;

/// <summary>
/// The child process of a race: reads table and trials from a folder, warms up, says <c>ready</c>, waits for a line, trains its part, says
/// <c>done</c>. baseline.py speaks the same.
/// </summary>
internal static class TrainingPart
{
    public const string WorkFile = "work.json";

    public static Command Create()
    {
        var (folder, trainer) = (new Argument<DirectoryInfo>("folder"), new Argument<string>("trainer"));
        var (threads, part, parts, repeat) = (
            new Argument<int>("threads"), new Argument<int>("part"), new Argument<int>("parts"), new Argument<int>("repeat"));
        var command = new Command(
            "training-part", "One process of the bench \"training\".") { folder, trainer, threads, part, parts, repeat };
        command.Hidden = true;
        command.SetAction(result =>
        {
            var path = result.GetRequiredValue(folder).FullName;
            var work = ReadWork(path).Where((_, index) => index % result.GetValue(parts) == result.GetValue(part)).ToList();
            Run(TrainingTable.Read(path), work, result.GetRequiredValue(trainer), result.GetValue(threads), result.GetValue(repeat));
        });
        return command;
    }

    /// <summary>Writes what <see cref="Create"/>'s command reads.</summary>
    public static void Write(string folder, TrainingTable table, IReadOnlyList<TrialWork> work)
    {
        table.Write(folder);
        File.WriteAllText(Path.Combine(folder, WorkFile), JsonSerializer.Serialize(work));
    }

    private static List<TrialWork> ReadWork(string folder) =>
        JsonSerializer.Deserialize<List<TrialWork>>(File.ReadAllText(Path.Combine(folder, WorkFile)))!;

    private static void Run(TrainingTable table, List<TrialWork> work, string trainer, int threads, int repeat)
    {
        using var baseline = new BaselineTrainer(table, threads);
        Action<List<TrialWork>> train = trainer == "baseline"
            ? trials => trials.ForEach(trial => baseline.Train(trial))
            : trials => CpuRace.Train(table, trials, threads);
        train([.. work.DistinctBy(trial => (trial.Options.BatchSize, string.Join(',', trial.Options.HiddenLayers))).Select(
            trial => trial with { Epochs = 2 })]);
        Console.WriteLine("ready");
        Console.ReadLine();
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < repeat; round++)
        {
            train(work);
        }

        Console.WriteLine(Invariant($"done {Stopwatch.GetElapsedTime(started).TotalSeconds}"));
    }
}
