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
        var output = new Option<string>("--out") { Description = "Parquet file to write", Required = true };
        var command = new Command("sample", "Write the sample as a gold table") { output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var table = await QuarterlySample.ReadAsync(cancellationToken);
            await InputTable.WriteAsync(table, parsed.GetRequiredValue(output), cancellationToken);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(
                $"{table.Rows} rows, {table.Columns.Count} columns written to {parsed.GetRequiredValue(output)}");
            return ExitCodes.Done;
        });
        return command;
    }
}
