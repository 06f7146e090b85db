using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Export;
using MacroCausal.Storage;

namespace MacroCausal.Registry.Inputs;

/// <summary>Reads what a registration needs from the object store and the study's records.</summary>
internal sealed class InputReader(ObjectReader objects, IStudyStore studies)
{
    public async Task<StudyInputs> ReadAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        var checkpoint = await CheckpointAsync(command, cancellationToken);
        var scaler = await objects.ReadAsync(command.Data.Scaler, cancellationToken);
        var preparation = FittedPreprocessor.FromJson(scaler);
        RefuseOtherWidth(command, checkpoint.Features, preparation.Columns.Count);
        var goldUri = ObjectKeys.Uri(command.Settings.GoldBucket, ObjectKeys.GoldTable(command.ExecutionId));
        var gold = await objects.ReadAsync(goldUri, cancellationToken);
        var trials = await studies.ListTrialsAsync(command.ExecutionId, cancellationToken).ToListAsync(cancellationToken);
        return new StudyInputs
        {
            Model = TrainedModel.BestOf(checkpoint),
            TrialSeed = SeedOfWinner(command, trials),
            Scaler = scaler,
            Preparation = preparation,
            Profile = ProfileSummary.Of(await objects.ReadAsync(command.Data.Profile, cancellationToken)),
            Gold = await ParquetTable.ReadAsync(new MemoryStream(gold.Bytes), goldUri, cancellationToken),
            GoldReference = new(goldUri, gold.Sha256),
            Validation = await SplitAsync(command.Data.Validation, cancellationToken),
            Test = command.Data.Test is { } test ? await SplitAsync(test, cancellationToken) : null,
            Trials = trials,
            Epochs = await studies.ListEpochsAsync(command.ExecutionId, cancellationToken).ToListAsync(cancellationToken),
        };
    }

    private async Task<Checkpoint> CheckpointAsync(RegisterModel command, CancellationToken cancellationToken)
    {
        var checkpoint = Checkpoint.Read(new MemoryStream(await objects.ReadAsync(command.Checkpoint, cancellationToken)));
        return checkpoint.History.BestEpoch == command.BestEpoch
            ? checkpoint
            : throw new RegistrationException(
                $"'{command.Checkpoint.Uri}' holds the weights of epoch {checkpoint.History.BestEpoch}, but the best epoch of trial {command.BestTrial} is {command.BestEpoch}; train again under another execution id.");
    }

    private async Task<FeatureMatrix> SplitAsync(ObjectReference split, CancellationToken cancellationToken) =>
        await SplitTable.ReadAsync(new MemoryStream(await objects.ReadAsync(split, cancellationToken)), split.Uri, cancellationToken);

    private static void RefuseOtherWidth(RegisterModel command, int trained, int prepared)
    {
        if (trained != prepared)
        {
            throw new RegistrationException(
                $"'{command.Checkpoint.Uri}' was trained on {trained} features, but '{command.Data.Scaler.Uri}' prepares {prepared}; train again under another execution id.");
        }
    }

    private static long SeedOfWinner(RegisterModel command, List<TrialRecord> trials) =>
        trials.FirstOrDefault(trial => trial.Trial == command.BestTrial)?.Seed
            ?? throw new RegistrationException(
                $"Study '{command.ExecutionId}' has no record of trial {command.BestTrial}, which is to be registered; check that the Registry and the Tuner use the same records.");
}
