using System.CommandLine;
using MacroCausal.Cli.Embedded;
using MacroCausal.Storage;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal models</c>: what is registered.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new("models", "Look at registered models")
    {
        CreateList(),
        CreateShow(),
        CreatePromote(),
    };

    private static Command CreateList()
    {
        var status = new Option<string?>("--status") { Description = "Only models of this status, as TRAINED" };
        var (aws, store) = (ModelsStore.AwsOption(), CommonOptions.Store());
        var command = new Command("list", "List models, latest first") { status, aws, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = ModelsStore.Open(parsed, aws, store);
            var models = await stores.Models.ListAsync(status: parsed.GetValue(status), cancellationToken: cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
            ModelsOutput.List(Console.Out, models);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateShow()
    {
        var (model, aws, store) = (ModelArgument(), ModelsStore.AwsOption(), CommonOptions.Store());
        var command = new Command("show", "Show all that is known of a model") { model, aws, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = ModelsStore.Open(parsed, aws, store);
            var found = await FindAsync(stores, parsed.GetRequiredValue(model), cancellationToken).ConfigureAwait(false);
            ModelsOutput.Show(Console.Out, found, stores.FolderOf(found));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreatePromote()
    {
        var status = new Option<string>("--status") { Description = "The new status", DefaultValueFactory = _ => "PRODUCTION" };
        var (model, aws, store) = (ModelArgument(), ModelsStore.AwsOption(), CommonOptions.Store());
        var command = new Command("promote", "Give a model another status") { model, status, aws, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stores = ModelsStore.Open(parsed, aws, store);
            var found = await FindAsync(stores, parsed.GetRequiredValue(model), cancellationToken).ConfigureAwait(false);
            var promoted = CheckStatus(parsed.GetRequiredValue(status));
            await stores.Models.SetStatusAsync(found.ModelId, promoted, cancellationToken).ConfigureAwait(false);
            await Console.Out.WriteLineAsync($"{found.ModelId}: {found.Status} -> {promoted}").ConfigureAwait(false);
            return ExitCodes.Done;
        });
        return command;
    }

    // A status is a key of the registry's index, and one word of a line.
    private static string CheckStatus(string status) =>
        status.Length is > 0 and <= 64 && status.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
            ? status
            : throw new BadInputException($"--status is '{status}'; it must be 1 to 64 letters, digits, '_' and '-', as PRODUCTION.");

    private static Argument<string> ModelArgument() => new("model") { Description = "Id of the model, or of its execution" };

    private static async Task<ModelRecord> FindAsync(ModelsStore stores, string id, CancellationToken cancellationToken) =>
        await stores.Models.FindByIdOrExecutionAsync(id, cancellationToken).ConfigureAwait(false)
        ?? throw new BadInputException($"There is no model '{id}', and no model of an execution '{id}'; 'macrocausal models list' names those that there are.");
}
