using System.Text;
using System.Text.Json;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit;

namespace MacroCausal.Integration.Tests;

[Trait("Category", "Slow")]
public sealed class InterruptTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Store => Path.Combine(_directory.Path, "store");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_interrupt_while_the_table_is_read_leaves_nothing()
    {
        var pipe = Path.Combine(_directory.Path, "table.csv");
        using (var made = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            await made.WaitForExitAsync();
        }

        using var process = Start("--data", pipe);

        // The table has no end: however late the command hears the interrupt, it is still reading. A pipe holds 64 KiB, so these rows fit
        // only when the command has read most of them.
        var rows = string.Concat(Enumerable.Range(0, 100_000).Select(row => $"{row},{row % 7}\n"));
        using var patience = new CancellationTokenSource(Patience.Limit);
        await using (var table = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
        {
            await table.WriteAsync(Encoding.UTF8.GetBytes("x,target\n" + rows));
            process.Interrupt();
            await Should.ThrowAsync<IOException>(async () =>
            {
                while (true)
                {
                    await table.WriteAsync("1,2\n"u8.ToArray());

                    // Not as fast as can be: the command keeps the rows in memory until it hears the interrupt.
                    await Task.Delay(TimeSpan.FromMilliseconds(1), patience.Token);
                }
            });
        }

        var stopped = await process.EndAsync();
        Stopped(stopped).TryGetProperty("resume", out _).ShouldBeFalse();
        Directory.Exists(Store).ShouldBeFalse();
    }

    [Fact]
    public async Task Resume_is_offered_just_where_there_is_a_study()
    {
        var gold = Directory.CreateDirectory(Path.Combine(Store, "gold", "gold", "stopped"));
        using var watcher = new FileSystemWatcher(gold.FullName);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Created += (_, _) => arrived.TrySetResult();
        watcher.Renamed += (_, _) => arrived.TrySetResult();
        watcher.EnableRaisingEvents = true;

        using var process = Start();
        await arrived.Task.WaitAsync(Patience.Limit);
        process.Interrupt();

        var stopped = await process.EndAsync();
        var hasStudy = await HasStudyAsync();
        Stopped(stopped).TryGetProperty("resume", out _).ShouldBe(hasStudy);
        File.Exists(Path.Combine(gold.FullName, "processed_data.parquet")).ShouldBe(hasStudy);
    }

    // More trials than the command can finish before it hears an interrupt.
    private MacroCausalProcess Start(params string[] more) =>
        MacroCausalProcess.Start(
        [
            "train", "--store", Store, "--execution-id", "stopped", "--walk-forward", "0", "--trials", "10000", "--json", .. more,
        ]);

    private static JsonElement Stopped(Ended ended)
    {
        ended.ExitCode.ShouldBe(130, ended.Errors);
        ended.Json.GetProperty("status").GetString().ShouldBe("STOPPED");
        return ended.Json;
    }

    private async Task<bool> HasStudyAsync()
    {
        using var database = SqliteDatabase.Open(Path.Combine(Store, EmbeddedStorageServiceCollectionExtensions.DatabaseName));
        return await new SqliteStudyStore(database).FindStudyAsync("stopped") is not null;
    }
}
