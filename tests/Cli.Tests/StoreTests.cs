namespace MacroCausal.Cli.Tests;

public sealed class StoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public Task A_store_that_is_a_file_is_named_in_one_error()
    {
        var file = Path.Combine(_directory.Path, "file");
        File.WriteAllText(file, "not a folder");

        return FailedAsync(file, $"The storage directory '{file}' cannot be used");
    }

    [Fact]
    public Task A_damaged_database_is_named_in_one_error()
    {
        var database = Path.Combine(_directory.Path, "macrocausal.db");
        File.WriteAllBytes(database, [.. Enumerable.Range(0, 8192).Select(index => (byte)(index * 7))]);

        return FailedAsync(_directory.Path, $"'{database}' is damaged or is not a SQLite database");
    }

    [Fact]
    public async Task Looking_at_a_folder_that_is_no_store_makes_nothing_in_it()
    {
        var listed = await MacroCausalCommand.RunAsync("models", "list", "--store", _directory.Path);

        listed.ExitCode.ShouldBe(2);
        listed.Errors.ShouldStartWith($"error: There is no store '{_directory.Path}'");
        Directory.EnumerateFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    private static async Task FailedAsync(string store, string error)
    {
        var failed = await MacroCausalCommand.RunAsync("train", "--store", store, "--execution-id", "badly-kept", "--json");

        failed.ExitCode.ShouldBe(1, failed.Output);
        failed.Errors.Split('\n').ShouldHaveSingleItem().ShouldStartWith("error: " + error);
        failed.Output.TrimEnd().Split('\n').ShouldHaveSingleItem();
        failed.Json.GetProperty("status").GetString().ShouldBe("FAILED");
        failed.Json.GetProperty("executionId").GetString().ShouldBe("badly-kept");
    }
}
