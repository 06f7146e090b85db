namespace MacroCausal.Cli.Tests;

public sealed class PredictTests(PredictTests.TrainedModel trained) : IClassFixture<PredictTests.TrainedModel>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("scaler.json")]
    public async Task A_file_of_the_model_that_was_changed_is_noticed(string name)
    {
        var folder = Copy();
        var path = Path.Combine(folder, name);
        var content = await File.ReadAllBytesAsync(path);
        content[^20] ^= 1;
        await File.WriteAllBytesAsync(path, content);

        await RefusedAsync($"{name} in '{folder}' is not the file that metadata.json describes", folder, "out.parquet");
    }

    [Fact]
    public async Task Metadata_that_cannot_be_read_is_one_error()
    {
        var folder = Copy();
        await File.WriteAllTextAsync(Path.Combine(folder, "metadata.json"), "{");

        await RefusedAsync($"The model in '{folder}' cannot be used", folder, "out.parquet");
    }

    [Theory]
    [InlineData("missing/out.parquet", "There is no folder")]
    [InlineData("out.csv", "written as Parquet")]
    [InlineData("folder.parquet", "is a folder")]
    public Task An_output_that_cannot_be_written_is_refused_at_once(string output, string error)
    {
        Directory.CreateDirectory(Path.Combine(_directory.Path, "folder.parquet"));

        return RefusedAsync(error, trained.Folder, output);
    }

    [Fact]
    public async Task A_status_that_is_no_word_is_refused()
    {
        var refused = await MacroCausalCommand.RunAsync("models", "promote", "good", "--status", "", "--store", trained.Store);

        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldBe("error: --status is ''; it must be 1 to 64 letters, digits, '_' and '-', as PRODUCTION.");
    }

    private async Task RefusedAsync(string error, string model, string output)
    {
        var refused = await MacroCausalCommand.RunAsync(
            "predict", "--model", model, "--data", trained.Gold, "--out", Path.Combine(_directory.Path, output));

        refused.ExitCode.ShouldBe(2, refused.Errors);
        refused.Errors.Split('\n').ShouldHaveSingleItem().ShouldStartWith("error: ");
        refused.Errors.ShouldContain(error);
        Directory.EnumerateFiles(_directory.Path).ShouldBeEmpty();
    }

    private string Copy()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_directory.Path, "model"));
        foreach (var file in Directory.EnumerateFiles(trained.Folder))
        {
            File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
        }

        return folder.FullName;
    }

    /// <summary>One small model for all tests.</summary>
    public sealed class TrainedModel : IAsyncLifetime, IDisposable
    {
        private readonly TemporaryDirectory _directory = new();

        public string Store => _directory.Path;

        public string Folder => Path.Combine(Store, "artifacts", "models", "good");

        public string Gold => Path.Combine(Store, "gold", "gold", "good", "processed_data.parquet");

        public async Task InitializeAsync() => (await MacroCausalCommand.RunAsync(
            "train", "--store", Store, "--execution-id", "good", "--trials", "2", "--max-epochs", "2")).ExitCode.ShouldBe(0);

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _directory.Dispose();
    }
}
