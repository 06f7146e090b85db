using System.CommandLine;
using MacroCausal.Cli.Starting;

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
            var (shown, chosen) = (CommonOptions.StoreOf(parsed, store), StoreDashboard.PortOf(parsed.GetValue(port), port.Name));
            var output = parsed.InvocationConfiguration.Output;
            await using var dashboard = await StoreDashboard.StartAsync(
                shown, chosen, new StudyStarter(shown, output.WriteSentence), cancellationToken);
            await output.WriteLineAsync($"dashboard: {dashboard.Link}");
            await output.WriteLineAsync(
                "The link holds the key to it. Ctrl-C ends it, and stops what was started there; other studies go on.");
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Done;
        });
        return command;
    }
}
