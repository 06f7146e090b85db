using System.CommandLine;
using MacroCausal.Bench.Messages;
using MacroCausal.Cli;
using MacroCausal.Hosting;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.Tuner;
using MacroCausal.Tuner.Sharing;
using MacroCausal.Tuner.Studies;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MacroCausal.Bench.Tuner;

/// <summary>
/// <c>bench tuner records</c>: what a decision reads and writes where several Tuners share a study. Each message goes to one of them by
/// chance, each remembers what it has seen itself; one process, the in-memory bus, SQLite.
/// </summary>
internal static class SeveralTuners
{
    private const int Parallelism = 32;
    private static readonly int[] Tuners = [1, 2, 4];

    public static Command Create()
    {
        var trials = new Option<int[]>("--trials")
        {
            Description = "Sizes of the studies.",
            DefaultValueFactory = _ => [1_000, 10_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command("records", "Reads and writes of a decision with one, two and four Tuners.") { trials };
        command.SetAction(async result =>
        {
            var rows = new List<IReadOnlyList<string>>();
            foreach (var size in result.GetValue(trials)!)
            {
                foreach (var tuners in Tuners)
                {
                    rows.Add(Row(size, tuners, await RunAsync(size, tuners)));
                }
            }

            Report.Write(
                [
                    "trials", "Tuners", "decisions", "studies read", "trials read", "times all were listed", "bytes read",
                    "records written", "bytes written",
                ],
                rows);
            Console.WriteLine(Invariant($"{Parallelism} concurrent segments of one epoch, promoted trials run a second one. ")
                + "A decision is a segment that is issued; what is read and written is that of the whole study over its decisions, "
                + "listings included. Bytes are those of the records as JSON.");
        });
        return command;
    }

    private static IReadOnlyList<string> Row(int trials, int tuners, RecordCosts costs)
    {
        double PerDecision(long all) => (double)all / costs.Decisions;
        return
        [
            Invariant($"{trials:N0}"), Invariant($"{tuners}"), Invariant($"{costs.Decisions:N0}"),
            Invariant($"{PerDecision(costs.StudyReads):F2}"), Invariant($"{PerDecision(costs.TrialReads):F2}"),
            Invariant($"{costs.Listings}"), Invariant($"{PerDecision(costs.BytesRead):N0}"), Invariant($"{PerDecision(costs.Writes):F2}"),
            Invariant($"{PerDecision(costs.BytesWritten):N0}"),
        ];
    }

    private static async Task<RecordCosts> RunAsync(int trials, int tuners)
    {
        var (directory, ends) = (Directory.CreateTempSubdirectory("macrocausal-bench-").FullName, new StudyEnds());
        var shape = new StudyShape(trials, Parallelism, 1);
        try
        {
            using var host = Build(directory, tuners, ends, shape);
            await host.StartAsync();
            var start = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(QueueNames.Address(QueueNames.StartTraining));
            await start.Send(shape.Start("bench") with { Sampler = "random" });
            await ends.Of("bench");
            var store = host.Services.GetRequiredService<CountingStore>();
            var costs = store.Read();
            var decisions = await store.Real.ListTrialsAsync("bench").Select(trial => (long)trial.Milestones.Count).SumAsync();
            await host.StopAsync();
            return costs with { Decisions = decisions };
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static IHost Build(string directory, int tuners, StudyEnds ends, StudyShape shape)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        QuietLogging.AddTo(builder.Logging);
        var services = builder.Services.AddSingleton(TimeProvider.System).AddSingleton(new Stopwatches()).AddSingleton(ends)
            .AddSingleton(shape).AddSingleton(Options.Create(new PipelineOptions())).AddEmbeddedStorage(directory).AddTuner();
        var real = services.Last(service => service.ServiceType == typeof(IStudyStore));
        services.AddSingleton(provider => new CountingStore((IStudyStore)(real.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType!))));
        services.AddSingleton<IStudyStore>(provider => provider.GetRequiredService<CountingStore>());
        services.AddSingleton(provider => Enumerable.Range(0, tuners).Select(_ => new Memory(provider)).ToArray());
        var chance = new Random(7);
        services.AddScoped(provider => Any(provider).Coordinator);
        services.AddTransient(provider => Any(provider).Recorder);
        services.AddInMemoryBus(bus => MeasuredHost.AddConsumers(bus, shape.Parallelism, pace: null));
        return builder.Build();

        Memory Any(IServiceProvider provider)
        {
            var all = provider.GetRequiredService<Memory[]>();
            lock (chance)
            {
                return all[chance.Next(all.Length)];
            }
        }
    }

    /// <summary>What a process of the Tuner keeps in memory.</summary>
    private sealed class Memory
    {
        public Memory(IServiceProvider services)
        {
            var studies = ActivatorUtilities.CreateInstance<ActiveStudyCache>(services);
            var heartbeats = ActivatorUtilities.CreateInstance<Heartbeats>(services);
            var quota = ActivatorUtilities.CreateInstance<SegmentQuota>(services);
            Coordinator = ActivatorUtilities.CreateInstance<StudyCoordinator>(services, studies, heartbeats, quota);
            Recorder = ActivatorUtilities.CreateInstance<EpochRecorder>(services, studies, heartbeats);
        }

        public StudyCoordinator Coordinator { get; }

        public EpochRecorder Recorder { get; }
    }
}
