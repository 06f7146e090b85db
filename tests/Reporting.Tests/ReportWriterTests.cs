using System.Text;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Reporting.Tests;

public sealed class ReportWriterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ServiceProvider _provider;

    public ReportWriterTests() =>
        _provider = new ServiceCollection().AddEmbeddedStorage(_directory.Path).AddReporting().BuildServiceProvider();

    private ReportWriter Writer => _provider.GetRequiredService<ReportWriter>();

    public void Dispose()
    {
        _provider.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_report_is_made_of_what_is_stored_and_lies_beside_the_model()
    {
        var facts = SimulatedStudy.Completed();
        var studies = _provider.GetRequiredService<IStudyStore>();
        foreach (var trial in facts.Trials) await studies.TryAddTrialAsync(trial);
        foreach (var epoch in facts.Epochs) await studies.TryAddEpochAsync(epoch);
        const string Metadata = """
            {"modelId":"model_simulated","bestTrial":3,"later":{},
             "config":{"learningRate":0.1,"batchSize":8,"hiddenLayers":[4],"dropout":0,"weightDecay":0}}
            """;
        var objects = _provider.GetRequiredService<IObjectStore>();
        await objects.PutAsync("s3://artifacts/models/simulated/metadata.json", new MemoryStream(Encoding.UTF8.GetBytes(Metadata)));
        await objects.PutAsync("s3://artifacts/models/simulated/predictions.parquet", new MemoryStream(Encoding.UTF8.GetBytes("damaged")));

        var uri = await Writer.WriteAsync(facts.Request);

        uri.ShouldBe("s3://artifacts/models/simulated/report.html");
        await using var content = (await objects.FindAsync(uri))!;
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
