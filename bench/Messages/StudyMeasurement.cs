using System.Diagnostics;
using MacroCausal.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Bench.Messages;

/// <summary>Runs whole studies on a stack and measures them.</summary>
internal static class StudyMeasurement
{
    private static readonly StudyShape WarmUp = new(500, 16, 2);

    /// <summary>One study after another, each in a host of its own, after one that nobody counts.</summary>
    public static async Task<IReadOnlyList<StudyFigures>> RunAsync(IStack stack, IReadOnlyList<StudyShape> shapes)
    {
        await RunAsync(stack, WarmUp);
        var figures = new List<StudyFigures>();
        foreach (var shape in shapes)
        {
            figures.Add(await RunAsync(stack, shape));
        }

        return figures;
    }

    private static async Task<StudyFigures> RunAsync(IStack stack, StudyShape shape)
    {
        var (watches, ends) = (new Stopwatches(), new StudyEnds());
        var executionId = $"bench-{Guid.NewGuid():N}";
        using var host = stack.Build(watches, ends, shape);
        await host.StartAsync();

        var endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(QueueNames.Address(QueueNames.StartTraining));
        var (emulators, busy, processor, started) =
            (stack.EmulatorTime, stack.EmulatorBusy, ProcessorTime.OfThis, Stopwatch.GetTimestamp());
        await endpoint.Send(shape.Start(executionId));
        await ends.Of(executionId);
        var (wall, ours) = (Stopwatch.GetElapsedTime(started), ProcessorTime.OfThis - processor);
        var (theirs, theirBusy) = (stack.EmulatorTime - emulators, stack.EmulatorBusy - busy);

        var sections = watches.Read();
        var figures = await CountAsync(host.Services.GetRequiredService<IStudyStore>(), executionId);
        await host.StopAsync();
        var search = SearchAlone.Measure(shape);
        return new StudyFigures(shape, figures.Segments, figures.Reports, wall, ours, search, theirs, theirBusy, sections);
    }

    /// <summary>What the records say was done; a study that lost something is no measurement.</summary>
    private static async Task<(long Segments, long Reports)> CountAsync(IStudyStore store, string executionId)
    {
        var trials = await store.ListTrialsAsync(executionId).ToListAsync();
        var reports = await store.ListEpochsAsync(executionId).LongCountAsync();
        var expected = trials.Sum(trial => (long)trial.Epoch);
        return trials.All(trial => trial.Status != TrialStatus.Running) && reports == expected
            ? (trials.Sum(trial => (long)trial.Milestones.Count), reports)
            : throw new InvalidOperationException(
                $"The study '{executionId}' ended with {reports} epochs recorded where its trials have {expected}.");
    }
}
