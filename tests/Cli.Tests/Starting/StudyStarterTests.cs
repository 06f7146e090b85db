using System.Text;
using MacroCausal.Cli.Embedded;
using MacroCausal.Cli.Starting;
using MacroCausal.Dashboard.Starting;
using MacroCausal.TestKit;

namespace MacroCausal.Cli.Tests.Starting;

public sealed class StudyStarterTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly EmbeddedStores _stores;
    private readonly List<string> _said = [];
    private readonly StudyStarter _starter;

    public StudyStarterTests()
    {
        var store = new EmbeddedStore(_directory.Combine("store"));
        _stores = EmbeddedStores.Open(store);
        _starter = new StudyStarter(store, _said.Add);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _starter.DisposeAsync();

    public void Dispose()
    {
        _stores.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_is_wrong_with_the_table_is_said_before_the_study_has_begun_and_nothing_is_left()
    {
        var path = _directory.Combine("table.csv");
        await File.WriteAllTextAsync(path, Table("growth"));

        var error = await RefusedAsync(new() { Path = path, Values = Named("wrong") }, null);
        error.Field.ShouldBe("target");
        var typed = await MacroCausalCommand.RunAsync(
            "train", "--data", path, "--execution-id", "wrong", "--store", _directory.Combine("other"));
        typed.Errors.ShouldBe("error: " + error.Sentence);
        (await RefusedAsync(new() { Path = "/nowhere.csv" }, null)).ShouldBe(
            new("data", "There is no file '/nowhere.csv'; check its name."));
        (await RefusedAsync(new() { Path = "-" }, null)).Field.ShouldBe("data");
        (await RefusedAsync(new(), new("table.pdf", new MemoryStream([1])))).Sentence.ShouldStartWith("'table.pdf' is neither");
        (await RefusedAsync(new(), new("table.parquet", new MemoryStream("PAR1 no"u8.ToArray())))).Field.ShouldBe("data");
        (await RefusedAsync(new(), new("table.csv", new MemoryStream("a,a\n1,2\n"u8.ToArray())))).Field.ShouldBe("data");

        (await _stores.Studies.ListStudiesAsync().ToListAsync()).ShouldBeEmpty();
        Directory.EnumerateFiles(_directory.Combine("store"), "*", SearchOption.AllDirectories)
            .Where(file => !Path.GetFileName(file).StartsWith("macrocausal.db", StringComparison.Ordinal)).ShouldBeEmpty();
        _said.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_uploaded_table_is_trained_on_while_no_other_study_is_begun_here_and_stops_with_the_dashboard()
    {
        var values = Named("long");
        (values["trials"], values["maxEpochs"], values["scheduler"]) = ("100000", "1000", "none");

        (await _starter.StartAsync(new() { Values = values }, new("my table.csv", new MemoryStream(Bytes())), default)).ShouldBe("long");

        (await RefusedAsync(new(), null)).Sentence.ShouldStartWith("The study 'long' was started here and is not over; wait for it,");
        await _starter.DisposeAsync();
        var study = Tuner.Studies.StudyDocument.Read((await _stores.Studies.FindStudyAsync("long"))!);
        (study.CurrentState, study.Settings.DataSource).ShouldBe(("Searching", "my table.csv (uploaded)"));
        _said[0].ShouldBe("started long");
        _said[1].ShouldStartWith("long has stopped; go on with: ");
        _said[1].ShouldContain("resume --execution-id long --store");
    }

    private static byte[] Bytes() => Encoding.UTF8.GetBytes(Table("target"));

    private static string Table(string target) => $"date,{target},x\n" + string.Concat(
        Enumerable.Range(0, 120).Select(row => $"{new DateOnly(2000, 1, 1).AddMonths(row):yyyy-MM-dd},{row % 7},{row % 5}\n"));

    private static Dictionary<string, string?> Named(string id) => new() { ["executionId"] = id, ["walkForward"] = "0", ["workers"] = "1" };

    private async Task<FieldError> RefusedAsync(StartForm asked, Upload? upload) =>
        (await Should.ThrowAsync<StartRefusedException>(() => _starter.StartAsync(asked, upload, default))).Errors.ShouldHaveSingleItem();
}
