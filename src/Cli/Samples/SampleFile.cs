using MacroCausal.Data.Tables;

namespace MacroCausal.Cli.Samples;

/// <summary>The raw figures beside the executable.</summary>
internal static class SampleFile
{
    public static async Task<Table> ReadGoldAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "samples", "us-macro-quarterly.csv");
        await using var file = File.OpenRead(path);
        return QuarterlySample.ToGold(await CsvTable.ReadAsync(file, path, cancellationToken).ConfigureAwait(false));
    }
}
