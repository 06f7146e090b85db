using MacroCausal.Data.Evaluation;
using MacroCausal.Data.Tables;
using static System.FormattableString;

namespace MacroCausal.Registry;

/// <summary>What the folds of a walk-forward forecast; without figures where one of them failed.</summary>
internal sealed record WalkForwardInputs
{
    /// <summary>The blocks in date order; empty where no walk-forward was asked for, or a fold failed.</summary>
    public IReadOnlyList<WalkForwardBlock> Blocks { get; private init; } = [];

    /// <summary>Their figures; null where there are no blocks.</summary>
    public WalkForwardFigures? Figures { get; private init; }

    /// <summary>Why a walk-forward that was asked for has no figures, to stand after "because"; null where none was, or it has.</summary>
    public string? Reason { get; private init; }

    /// <summary>Reads the forecasts of the folds.</summary>
    /// <param name="command">What the folds came to.</param>
    /// <param name="read">Reads an object and checks its hash.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<WalkForwardInputs> OfAsync(
        RegisterModel command, Func<ObjectReference, CancellationToken, Task<byte[]>> read, CancellationToken cancellationToken)
    {
        if (command.Settings.WalkForward == 0) return new WalkForwardInputs();
        if (command.WalkForward.FirstOrDefault(fold => fold.Forecasts is null) is { } failed)
        {
            return new WalkForwardInputs
            {
                Reason = Invariant($"fold {failed.Number} failed: ") + string.Join(' ', failed.Reasons).TrimEnd('.'),
            };
        }

        if (command.WalkForward.Count != command.Settings.WalkForward)
        {
            return new WalkForwardInputs
            {
                Reason = Invariant($"{command.WalkForward.Count} of {command.Settings.WalkForward} folds have ended"),
            };
        }

        var blocks = new List<WalkForwardBlock>();
        foreach (var fold in command.WalkForward)
        {
            using var content = new MemoryStream(await read(fold.Forecasts!, cancellationToken));
            var table = await ParquetTable.ReadAsync(content, fold.Forecasts!.Uri, cancellationToken);
            blocks.Add(WalkForwardBlock.FromTable(table, fold.Number));
        }

        return new WalkForwardInputs { Blocks = blocks, Figures = WalkForward.Of(blocks, command.Settings.Horizon) };
    }
}
