using System.CommandLine;
using MacroCausal.Cli.Tables;

namespace MacroCausal.Cli.Commands;

/// <summary>
/// <c>macrocausal sample</c>: the data set that ships with macrocausal, as a gold table, to inspect or to feed a pipeline.
/// </summary>
internal static class SampleCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out")
        {
            Description = "File to write: .parquet, .csv, .tsv, .txt (these three also with .gz or .zst), or - for standard output",
            Required = true,
        };
        var command = new Command("sample", "Write the sample as a gold table") { output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (path, lines) = (parsed.GetRequiredValue(output), parsed.InvocationConfiguration.Output);
            OutputTable.Check(path);
            var table = await QuarterlySample.ReadAsync(cancellationToken);
            await OutputTable.WriteAsync(table, path, lines, cancellationToken);
            if (path != InputTable.StandardStream)
            {
                lines.WriteSentence($"{table.Rows} rows, {table.Columns.Count} columns written to {path}");
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
