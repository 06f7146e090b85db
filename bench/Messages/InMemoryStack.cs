using MacroCausal.Hosting;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.Tuner;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MacroCausal.Bench.Messages;

/// <summary>As <c>macrocausal train</c> runs it: the in-memory bus, records in a SQLite file.</summary>
internal sealed class InMemoryStack : IStack
{
    private readonly string _directory = Directory.CreateTempSubdirectory("macrocausal-bench-").FullName;

    public string Name => "in memory, SQLite";

    public TimeSpan? EmulatorTime => null;

    public TimeSpan? EmulatorBusy => null;

    public IHost Build(Stopwatches watches, StudyEnds ends, StudyShape shape, Pace? pace = null)
    {
        var builder = MeasuredHost.CreateBuilder(watches, ends, shape, pace);
        builder.Services.AddSingleton(Options.Create(new PipelineOptions())).AddEmbeddedStorage(_directory).AddTuner();
        MeasuredHost.TimeRecords(builder.Services);
        builder.Services.AddInMemoryBus(bus => MeasuredHost.AddConsumers(bus, shape.Parallelism, pace));
        return builder.Build();
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
