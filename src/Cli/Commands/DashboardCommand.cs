using System.CommandLine;

namespace MacroCausal.Cli.Commands;

/// <summary><c>macrocausal dashboard</c>: the studies of a store as pages that follow them.</summary>
internal static class DashboardCommand
{
    public static Command Create()
    {
        var port = CommonOptions.Number<int>("--port", "Port on 127.0.0.1 [default: a free one]");
        var store = CommonOptions.Store();
        var command = new Command("dashboard", "Show the studies of a directory in a browser, as they go; Ctrl-C ends it") { port, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var dashboard = await StoreDashboard.StartAsync(
                CommonOptions.StoreOf(parsed, store), StoreDashboard.PortOf(parsed.GetValue(port), port.Name), cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            await output.WriteLineAsync($"dashboard: {dashboard.Link}");
            await output.WriteLineAsync("The link holds the key to it. Ctrl-C ends it; studies go on.");
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Done;
        });
        return command;
    }
}
