using System.Security.Cryptography;
using MacroCausal.Data.Preparation;
using MacroCausal.Data.Splits;
using MacroCausal.Data.Tables;
using MacroCausal.Data.Tests;
using MacroCausal.Storage;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MacroCausal.DataPrep.Tests;

public sealed class PrepareDataConsumerTests : IAsyncLifetime
{
    private const string ExecutionId = "arn:aws:states:us-east-1:123456789012:execution:macro-pipeline:1f0c";
    private static readonly string GoldUri = ObjectKeys.Uri("gold-bucket", ObjectKeys.GoldTable(ExecutionId));
    private static readonly string Folder = ObjectKeys.Uri("artifacts", ObjectKeys.Data(ExecutionId));
    private readonly MemoryObjectStore _objects = new();
    private readonly ServiceProvider _services;
    private readonly ITestHarness _harness;

    public PrepareDataConsumerTests()
    {
        _services = new ServiceCollection()
            .AddSingleton<IObjectStore>(_objects)
            .AddMassTransitTestHarness(bus =>
            {
                bus.SetKebabCaseEndpointNameFormatter();
                bus.SetTestTimeouts(Patience.Limit, Patience.Limit);
                bus.AddDataPrep();
            })
            .BuildServiceProvider(validateScopes: true);
        _harness = _services.GetRequiredService<ITestHarness>();
    }

    public Task InitializeAsync() => _harness.Start();

    public async Task DisposeAsync()
    {
        await _harness.Stop();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_gold_table_becomes_splits_a_scaler_and_a_profile()
    {
        _objects.Objects[GoldUri] = await Gold.BytesAsync();
        var prepared = await PreparedAsync(Command() with { TestFraction = 0.1, EmbargoRows = 2 });

        prepared.ExecutionId.ShouldBe(ExecutionId);
        _objects.Objects.Keys.Where(uri => uri != GoldUri).Order(StringComparer.Ordinal)
            .ShouldBe(
            [
                Folder + "baselines.json", Folder + "baselines.parquet", Folder + "linear.json", Folder + "profile.json",
                Folder + "scaler.json", Folder + "test.parquet", Folder + "train.parquet", Folder + "validation.parquet",
            ]);
        var data = prepared.Data;
        ObjectReference[] written =
        [
            data.Train, data.Validation, data.Test!, data.Scaler, data.Profile, data.BaselineForecasts!, data.FittedBaselines!,
            data.LinearMembers!,
        ];
        foreach (var reference in written)
        {
            reference.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(_objects.Objects[reference.Uri])));
        }

        var train = await SplitTable.ReadAsync(new MemoryStream(_objects.Objects[prepared.Data.Train.Uri]), "train");
        var validation = await SplitTable.ReadAsync(new MemoryStream(_objects.Objects[prepared.Data.Validation.Uri]), "validation");
        train.Rows.ShouldBe(prepared.Data.TrainRows);
        train.Names.Count.ShouldBe(prepared.Data.Features);
        train.Dates![^1].ShouldBeLessThan(validation.Dates![0]);
        prepared.Profile.TrainDates!.Last.ShouldBe(train.Dates[^1]);
        prepared.Data.Baselines["mean"].ShouldBeGreaterThan(0);

        var scaler = FittedPreprocessor.FromJson(_objects.Objects[prepared.Data.Scaler.Uri]);
        scaler.TargetScale.ShouldBe(prepared.Data.TargetScale);
        scaler.Columns.Select(column => column.Name).ShouldBe(train.Names);
    }

    [Fact]
    public async Task Without_test_rows_there_is_no_test_split()
    {
        _objects.Objects[GoldUri] = await Gold.BytesAsync();
        var prepared = await PreparedAsync(Command());
        prepared.Data.Test.ShouldBeNull();
        prepared.Data.TestRows.ShouldBe(0);
        _objects.Objects.Keys.ShouldNotContain(Folder + "test.parquet");
    }

    [Fact]
    public async Task The_same_message_twice_gives_the_same_objects_and_the_same_event()
    {
        _objects.Objects[GoldUri] = await Gold.BytesAsync();
        await _harness.Bus.Publish(Command());
        (await _harness.Published.Any<DataPrepared>()).ShouldBeTrue();
        var first = _objects.Objects.ToDictionary(pair => pair.Key, pair => pair.Value);

        _objects.Objects.Clear();
        _objects.Objects[GoldUri] = first[GoldUri];
        await _harness.Bus.Publish(Command());
        var events = await EventsAsync(2);

        _objects.Objects.Keys.Order().ShouldBe(first.Keys.Order());
        foreach (var (uri, content) in first)
        {
            _objects.Objects[uri].ShouldBe(content, uri);
        }

        events.Count.ShouldBe(2);
        events[1].Data.Baselines.ShouldBe(events[0].Data.Baselines);
        (events[1].Data with { Baselines = events[0].Data.Baselines }).ShouldBe(events[0].Data);
        events[1].Profile.Dropped.ShouldBe(events[0].Profile.Dropped);
        events[1].Profile.Warnings.ShouldBe(events[0].Profile.Warnings);
        (events[1].Profile with { Dropped = events[0].Profile.Dropped, Warnings = events[0].Profile.Warnings })
            .ShouldBe(events[0].Profile);
    }

    [Fact]
    public async Task Every_reason_against_a_table_is_told_at_once_and_nothing_is_written()
    {
        _objects.Objects[GoldUri] = await ParquetAsync(new Table(
        [
            new TextColumn("date", ["2019-01-01", "soon", null]),
            new TextColumn("target", ["up", "down", "up"]),
            new NumberColumn("gdp", [1, 1, 1]),
        ]));
        var rejected =
            await RejectedAsync(Command() with { IgnoredColumns = ["gdpp"], CategoryColumns = ["regime"], MinimumTrainRows = 32 });

        rejected.ExecutionId.ShouldBe(ExecutionId);
        string[] expected =
        [
            "'target' holds text", "row 2: 'soon', row 3: null", "'gdpp'", "'regime'", "2 training rows where 32", "No usable feature",
        ];
        foreach (var reason in expected)
        {
            rejected.Reasons.ShouldContain(sentence => sentence.Contains(reason, StringComparison.Ordinal), reason);
        }

        rejected.Reasons.Count.ShouldBe(6);
        _objects.Writes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_missing_gold_table_is_rejected_with_its_address() =>
        (await RejectedAsync(Command())).Reasons.ShouldHaveSingleItem().ShouldContain(GoldUri);

    [Fact]
    public async Task A_damaged_gold_table_is_rejected_with_its_address()
    {
        _objects.Objects[GoldUri] = (await Gold.BytesAsync())[..^1000];
        (await RejectedAsync(Command())).Reasons.ShouldHaveSingleItem().ShouldStartWith(GoldUri);
        _objects.Writes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_store_that_fails_once_is_tried_again()
    {
        _objects.Objects[GoldUri] = await Gold.BytesAsync();
        _objects.FailuresLeft = 1;
        (await PreparedAsync(Command())).Data.TrainRows.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_store_that_keeps_failing_is_a_fault_and_not_a_rejection()
    {
        _objects.FailuresLeft = int.MaxValue;
        await _harness.Bus.Publish(Command());
        (await _harness.Published.Any<Fault<PrepareData>>()).ShouldBeTrue();

        // A canceled token: what is published already, without a wait for more.
        var canceled = new CancellationToken(canceled: true);
        _harness.Published.Select<Fault<PrepareData>>(canceled).ShouldNotBeEmpty();
        _harness.Published.Select<DataRejected>(canceled).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_queue_is_prepare_data()
    {
        _objects.Objects[GoldUri] = await Gold.BytesAsync();
        var endpoint = await _harness.Bus.GetSendEndpoint(new Uri("queue:prepare-data"));
        await endpoint.Send(Command());
        (await _harness.Published.Any<DataPrepared>()).ShouldBeTrue();
    }

    private async Task<List<DataPrepared>> EventsAsync(int count)
    {
        var events = new List<DataPrepared>();
        await foreach (var published in _harness.Published.SelectAsync<DataPrepared>())
        {
            events.Add(published.Context.Message);
            if (events.Count == count) break;
        }

        return events;
    }

    private async Task<DataPrepared> PreparedAsync(PrepareData command)
    {
        await _harness.Bus.Publish(command);
        return (await EventsAsync(1)).ShouldHaveSingleItem();
    }

    private async Task<DataRejected> RejectedAsync(PrepareData command)
    {
        await _harness.Bus.Publish(command);
        (await _harness.Published.Any<DataRejected>()).ShouldBeTrue();
        return _harness.Published.Select<DataRejected>().First().Context.Message;
    }

    private static async Task<byte[]> ParquetAsync(Table table)
    {
        using var stream = new MemoryStream();
        await ParquetTable.WriteAsync(table, stream);
        return stream.ToArray();
    }

    private static PrepareData Command() => new()
    {
        ExecutionId = ExecutionId,
        GoldUri = GoldUri,
        ArtifactsBucket = "artifacts",
        Target = "target",
        DateColumn = "date",
        IgnoredColumns = [],
        CategoryColumns = [],
        TrainFraction = 0.8,
        TestFraction = 0,
        EmbargoRows = 0,
        MinimumTrainRows = 32,
    };
}
