using MacroCausal.Model.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MacroCausal.TrialRunner.Groups;

/// <summary>Takes trials of one shape into the device's memory; <see cref="TrainingGroup.Open"/> on the device of this process.</summary>
internal delegate TrainingGroup OpenGroup(TrainingRows train, TrainingRows validation, IReadOnlyList<TrialStart> trials);

/// <summary>
/// Trains a group until each of its members is over. Where the group itself fails (memory runs out, an epoch throws), those that are left
/// are trained in halves from where they started, which gives the same bytes and the same reports once more; the one that fails alone is
/// the one that fails.
/// </summary>
internal sealed partial class GroupTraining(
    OpenGroup open, TrainingThreads threads, TimeProvider time, IOptions<TrialRunnerOptions> options, ILogger<GroupTraining> logger)
{
    private readonly TimeSpan _saveEvery = options.Value.CheckpointEvery;

    /// <summary>Never throws; every member is over afterwards, though what it has left to write and send may not be done.</summary>
    public async Task RunAsync(IReadOnlyList<GroupMember> group)
    {
        var members = group.Where(member => member.TryBegin()).ToList();
        try
        {
            if (members.Count > 0)
            {
                await TrainAsync(members);
            }
        }
        catch (Exception exception)
        {
            await FailOrHalveAsync([.. members.Where(member => !member.IsOver)], exception);
        }
    }

    private async Task TrainAsync(List<GroupMember> members)
    {
        using var group = await threads.RunAsync(
            () => open(members[0].Segment.Train, members[0].Segment.Validation, [.. members.Select(member => member.Segment.Start)]));
        var saved = time.GetTimestamp();
        while (members.Exists(member => !member.IsOver))
        {
            var results = await threads.RunAsync(group.RunEpoch);
            var saves = time.GetElapsedTime(saved) >= _saveEvery;
            await TakeAsync(group, members, results, saves);
            if (saves)
            {
                saved = time.GetTimestamp();
            }
        }
    }

    private static async Task TakeAsync(TrainingGroup group, List<GroupMember> members, IReadOnlyList<EpochResult?> results, bool saves)
    {
        for (var trial = 0; trial < members.Count; trial++)
        {
            var captured = trial;
            if (results[trial] is { } result && !await members[trial].TakeAsync(result, () => group.Capture(captured), saves))
            {
                group.Leave(trial);
            }
        }
    }

    private async Task FailOrHalveAsync(List<GroupMember> left, Exception exception)
    {
        if (left.Count <= 1)
        {
            left.ForEach(member => member.Fail(exception));
            return;
        }

        LogHalved(left.Count, exception.GetType().Name, exception.Message);
        foreach (var half in left.Chunk((left.Count + 1) / 2))
        {
            await RunAsync(half);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} trials cannot be trained together and are trained in halves: {Exception}: {Message}")]
    private partial void LogHalved(int count, string exception, string message);
}
