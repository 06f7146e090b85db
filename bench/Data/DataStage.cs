using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MacroCausal.Cli;
using MacroCausal.DataPrep;
using MacroCausal.Hosting;
using MacroCausal.Registry;
using MacroCausal.Storage;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;
using MacroCausal.TrialRunner;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Bench.Data;

/// <summary>What a stage took.</summary>
/// <param name="Seconds">From its message to its answer, start of the process not included.</param>
/// <param name="PeakMiB">Largest resident memory of its process.</param>
internal sealed record StageCost(double Seconds, double PeakMiB);

/// <summary>
/// One service of the pipeline alone in a process, on its own bus, with one message: DataPrep, TrialRunner or Registry. What one answers is
/// left in the folder for the next.
/// </summary>
internal static class DataStage
{
    private const string ExecutionId = "bench-data";
    private static readonly TrialConfig Config = Records.Config with { BatchSize = 1024, HiddenLayers = [64, 32] };

    public static IReadOnlyList<string> All { get; } = ["prepare", "train", "register"];

    public static Command Create()
    {
        var (stage, folder, epochs) = (new Argument<string>("stage"), new Argument<DirectoryInfo>("folder"), new Argument<int>("epochs"));
        var command = new Command("data-stage", "One process of the bench \"data\".") { stage, folder, epochs };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(stage), parsed.GetRequiredValue(folder).FullName, parsed.GetValue(epochs), cancellationToken));
        return command;
    }

    /// <summary>Where the gold table of a folder lies.</summary>
    public static string GoldPath(string folder) =>
        new DirectoryObjectStore(Store(folder)).PathOf(ObjectKeys.Uri("gold", ObjectKeys.GoldTable(ExecutionId)));

    /// <summary>Removes what stages left in a folder in an earlier run; the gold table stays.</summary>
    public static void Clear(string folder)
    {
        var gold = GoldPath(folder);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => file != gold))
        {
            File.Delete(file);
        }
    }

    /// <summary>What a stage that ran in the folder took.</summary>
    public static StageCost Cost(string folder, string stage) => Read<StageCost>(folder, stage + ".cost");

    private static async Task<int> RunAsync(string stage, string folder, int epochs, CancellationToken cancellationToken)
    {
        var answers = new Answers();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        QuietLogging.AddTo(builder.Logging);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(answers).AddEmbeddedStorage(Store(folder));
        _ = stage switch
        {
            "prepare" => builder.Services.AddDataPrep(),
            "train" => builder.Services.AddTrialRunner(),
            _ => builder.Services.AddRegistry(),
        };
        builder.Services.AddInMemoryBus(bus =>
        {
            if (stage == "prepare") bus.AddDataPrep();
            if (stage == "train") bus.AddTrialRunner();
            if (stage == "register") bus.AddRegistry();
            bus.AddConsumer<AnswerConsumer>().Endpoint(endpoint => endpoint.Name = "bench-answers");
        });
        using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await SendAsync(host, stage, folder, epochs, cancellationToken);
        Write(folder, stage, await answers.Last.Task.WaitAsync(cancellationToken));
        Write(folder, stage + ".cost", new StageCost(Stopwatch.GetElapsedTime(started).TotalSeconds, PeakMiB()));
        await host.StopAsync(cancellationToken);
        return 0;
    }

    private static async Task SendAsync(IHost host, string stage, string folder, int epochs, CancellationToken cancellationToken)
    {
        object message = stage switch
        {
            "prepare" => Prepare(),
            "train" => Run(Read<DataPrepared>(folder, "prepare").Data, epochs),
            _ => await RegisterAsync(host.Services.GetRequiredService<IStudyStore>(), folder, cancellationToken),
        };
        var queue = stage switch { "prepare" => QueueNames.PrepareData, "train" => QueueNames.RunTrial, _ => QueueNames.RegisterModel };
        var endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(QueueNames.Address(queue));
        await endpoint.Send(message, message.GetType(), cancellationToken);
    }

    private static PrepareData Prepare() => new()
    {
        ExecutionId = ExecutionId,
        GoldUri = ObjectKeys.Uri("gold", ObjectKeys.GoldTable(ExecutionId)),
        ArtifactsBucket = "artifacts",
        Target = "target",
        IgnoredColumns = [],
        CategoryColumns = [],
        TrainFraction = 0.8,
        TestFraction = 0,
        EmbargoRows = 0,
        MinimumTrainRows = 2,
    };

    private static RunTrial Run(DataManifest data, int epochs) => new()
    {
        ExecutionId = ExecutionId,
        Trial = 0,
        Seed = 1,
        Config = Config,
        FromEpoch = 0,
        ToEpoch = epochs,
        Patience = epochs,
        ArtifactsBucket = "artifacts",
        Data = data,
        Attempt = 0,
    };

    private static async Task<RegisterModel> RegisterAsync(IStudyStore studies, string folder, CancellationToken cancellationToken)
    {
        var end = Read<TrialEpochCompleted>(folder, "train");
        await studies.TryAddTrialAsync(Records.Trial(0, executionId: ExecutionId) with { Seed = 1, Config = Config }, cancellationToken);
        var command = new RegisterModel
        {
            ExecutionId = ExecutionId,
            ModelId = ObjectKeys.ModelId(ExecutionId, Records.Start),
            StartedAt = Records.Start,
            BestTrial = 0,
            BestEpoch = end.BestEpoch,
            BestValidationLoss = end.BestValidationLoss ?? throw new InvalidOperationException("The trial has no finite loss."),
            Checkpoint = end.Checkpoint!,
            Config = Config,
            Settings = new()
            {
                ExecutionId = ExecutionId,
                GoldBucket = "gold",
                ArtifactsBucket = "artifacts",
                ModelRegistryTable = "models",
            },
            Data = Read<DataPrepared>(folder, "prepare").Data,
        };
        await studies.TryAddStudyAsync(Records.Registering(command), cancellationToken);
        return command;
    }

    private static string Store(string folder) => Path.Combine(folder, "store");

    private static void Write(string folder, string name, object value) =>
        File.WriteAllText(
            Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(value, value.GetType(), JsonSerializerOptions.Web));

    private static T Read<T>(string folder, string name) =>
        JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(folder, name + ".json")), JsonSerializerOptions.Web)!;

    private static double PeakMiB()
    {
        var line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>The answer that ends a stage, or what went wrong.</summary>
    private sealed class Answers
    {
        public TaskCompletionSource<object> Last { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class AnswerConsumer(Answers answers) :
        IConsumer<DataPrepared>,
        IConsumer<DataRejected>,
        IConsumer<TrialEpochCompleted>,
        IConsumer<TrialFailed>,
        IConsumer<ModelRegistered>,
        IConsumer<RegistrationFailed>,
        IConsumer<Fault>
    {
        public Task Consume(ConsumeContext<DataPrepared> context) => EndAsync(context.Message);

        public Task Consume(ConsumeContext<DataRejected> context) => FailAsync(string.Join(' ', context.Message.Reasons));

        public Task Consume(ConsumeContext<TrialEpochCompleted> context) =>
            context.Message.Checkpoint is null ? Task.CompletedTask : EndAsync(context.Message);

        public Task Consume(ConsumeContext<TrialFailed> context) => FailAsync(context.Message.ToString());

        public Task Consume(ConsumeContext<ModelRegistered> context) => EndAsync(context.Message);

        public Task Consume(ConsumeContext<RegistrationFailed> context) => FailAsync(context.Message.Reason);

        public Task Consume(ConsumeContext<Fault> context) =>
            FailAsync(string.Join(' ', context.Message.Exceptions.Select(exception => exception.Message)));

        private Task EndAsync(object answer)
        {
            answers.Last.TrySetResult(answer);
            return Task.CompletedTask;
        }

        private Task FailAsync(string reason)
        {
            answers.Last.TrySetException(new InvalidOperationException(reason));
            return Task.CompletedTask;
        }
    }
}
