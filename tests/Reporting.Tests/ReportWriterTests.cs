using System.Text;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Reporting.Tests;

public sealed class ReportWriterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteStudyStore _studies;
    private readonly DirectoryObjectStore _objects;

    public ReportWriterTests()
    {
        _database = SqliteDatabase.Open(_directory.Combine("records.db"));
        (_studies, _objects) = (new SqliteStudyStore(_database), new DirectoryObjectStore(_directory.Path));
    }

    private ReportWriter Writer => new(_objects, _studies);

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_report_is_made_of_what_is_stored_and_lies_beside_the_model()
    {
        var facts = SimulatedStudy.Completed();
        foreach (var trial in facts.Trials)
        {
            await _studies.TryAddTrialAsync(trial);
        }

        foreach (var epoch in facts.Epochs)
        {
            await _studies.TryAddEpochAsync(epoch);
        }

        const string Metadata = """
            {"modelId":"model_simulated","bestTrial":3,"later":{},
             "config":{"learningRate":0.1,"batchSize":8,"hiddenLayers":[4],"dropout":0,"weightDecay":0}}
            """;
        await _objects.PutAsync("s3://artifacts/models/simulated/metadata.json", new MemoryStream(Encoding.UTF8.GetBytes(Metadata)));
        await _objects.PutAsync("s3://artifacts/models/simulated/predictions.parquet", new MemoryStream(Encoding.UTF8.GetBytes("damaged")));

        var uri = await Writer.WriteAsync(facts.Request);

        uri.ShouldBe("s3://artifacts/models/simulated/report.html");
        await using var content = (await _objects.FindAsync(uri))!;
        var page = await new StreamReader(content).ReadToEndAsync();
        page.ShouldContain("model_simulated");
        page.ShouldContain("learning-curves");
        page.ShouldNotContain("forecast-lines\"", customMessage: "what cannot be read is left out");
        Encoding.UTF8.GetString(await Writer.MakeAsync(facts.Request)).ShouldBe(page);
    }

    [Fact]
    public async Task That_of_a_failed_study_lies_beside_its_data()
    {
        var request = SimulatedStudy.Request(null) with { Failures = ["No trial has a model."] };

        (await Writer.WriteAsync(request)).ShouldBe("s3://artifacts/runs/simulated/data/report.html");
    }
}
