using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MacroCausal.TestKit;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.Hosting.Tests;

public sealed class MessageGroupTests
{
    private static readonly Dictionary<string, string> Account = new()
    {
        ["AWS_REGION"] = "eu-west-1",
        ["AWS_ACCESS_KEY_ID"] = "key",
        ["AWS_SECRET_ACCESS_KEY"] = "secret",
    };

    [Fact]
    public async Task Segments_are_grouped_by_their_study_a_fold_s_with_its_study_s_and_nothing_else_is()
    {
        using var sqs = new QueueThatTakesAnything();
        foreach (var (name, value) in Account.Append(KeyValuePair.Create("AWS_ENDPOINT_URL", sqs.Address)))
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        await using var provider = new ServiceCollection().AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddEnvironmentVariables().Build())
            .AddAmazonSqsBus(_ => { }, TimeSpan.FromSeconds(1)).BuildServiceProvider();
        var bus = provider.GetRequiredService<IBusControl>();
        await bus.StartAsync();

        var own = await SentGroupAsync(bus, sqs, QueueNames.RunTrial, Segment("arn:aws:states:1"));
        var fold = await SentGroupAsync(bus, sqs, QueueNames.RunTrial, Segment("arn:aws:states:1/walk-forward/3"));
        var other = await SentGroupAsync(bus, sqs, QueueNames.RunTrial, Segment("arn:aws:states:2"));
        var sweep = await SentGroupAsync(bus, sqs, QueueNames.Study, new SweepStudy { ExecutionId = "arn:aws:states:1" });
        await bus.StopAsync();

        own.ShouldBe(ExecutionIds.StudyId("arn:aws:states:1").ToString("N"));
        fold.ShouldBe(own);
        other.ShouldNotBe(own);
        sweep.ShouldBeNull();
    }

    private static async Task<string?> SentGroupAsync<T>(IBus bus, QueueThatTakesAnything sqs, string queue, T message)
        where T : class
    {
        var endpoint = await bus.GetSendEndpoint(QueueNames.Address(queue));
        await endpoint.Send(message).WaitAsync(Patience.Limit);
        return sqs.LastEntry!.Value.TryGetProperty("MessageGroupId", out var group) ? group.GetString() : null;
    }

    private static RunTrial Segment(string executionId)
    {
        var (somewhere, config) = (new ObjectReference("s3://artifacts/x", new string('0', 64)), new TrialConfig
        {
            LearningRate = 0.1,
            BatchSize = 32,
            HiddenLayers = [8],
            Dropout = 0,
            WeightDecay = 0,
        });
        return new RunTrial
        {
            ExecutionId = executionId,
            Trial = 0,
            Seed = 0,
            Config = config,
            FromEpoch = 0,
            ToEpoch = 1,
            Patience = 1,
            ArtifactsBucket = "artifacts",
            Attempt = 0,
            Data = new DataManifest
            {
                Train = somewhere,
                Validation = somewhere,
                Scaler = somewhere,
                Profile = somewhere,
                Features = 1,
                TrainRows = 1,
                ValidationRows = 1,
                TestRows = 0,
                TargetMean = 0,
                TargetScale = 1,
                Baselines = new Dictionary<string, double>(),
            },
        };
    }

    /// <summary>As much of SQS as sending needs.</summary>
    private sealed class QueueThatTakesAnything : IDisposable
    {
        private readonly HttpListener _http = new();

        public QueueThatTakesAnything()
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
            }

            _http.Prefixes.Add(Address);
            _http.Start();
            _ = AnswerAsync();
        }

        public string Address { get; }

        public JsonElement? LastEntry { get; private set; }

        public void Dispose() => _http.Close();

        private async Task AnswerAsync()
        {
            while (_http.IsListening)
            {
                var call = await _http.GetContextAsync();
                var body = await JsonDocument.ParseAsync(call.Request.InputStream);
                object answer = new { QueueUrl = Address + "queue", Attributes = new Dictionary<string, string>() };
                if (call.Request.Headers["X-Amz-Target"]!.EndsWith("SendMessageBatch", StringComparison.Ordinal))
                {
                    LastEntry = body.RootElement.GetProperty("Entries")[0];
#pragma warning disable CA5351 // It is the check sum of SQS.
                    var md5 = MD5.HashData(Encoding.UTF8.GetBytes(LastEntry.Value.GetProperty("MessageBody").GetString()!));
#pragma warning restore CA5351
                    answer = new
                    {
                        Successful = new[] { new { Id = "0", MessageId = "1", MD5OfMessageBody = Convert.ToHexStringLower(md5) } },
                    };
                }

                call.Response.ContentType = "application/x-amz-json-1.0";
                await JsonSerializer.SerializeAsync(call.Response.OutputStream, answer);
                call.Response.Close();
            }
        }
    }
}
