using System.Net;
using Amazon.DynamoDBv2.Model;
using MacroCausal.Contracts;
using MacroCausal.Storage.Aws;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Storage.Tests.Aws;

/// <summary>What the tables look like from outside, and what they take.</summary>
[Trait("Category", "Slow")]
public sealed class DynamoDbTableTests(AwsStores aws) : IClassFixture<AwsStores>, IAsyncLifetime
{
    private readonly AwsStorageOptions _names = new()
    {
        StudyTable = $"studies-{Guid.NewGuid():N}",
        ModelRegistryTable = $"models-{Guid.NewGuid():N}",
    };

    /// <summary>A double reaches further than a DynamoDB number, which ends at 1E-130 and below 1E126.</summary>
    public static TheoryData<double> Losses => [0, 0.1 + 0.2, 1e-130, 1e-131, 9.99e125, 1e126, double.Epsilon, double.MaxValue];

    private DynamoDbStudyStore Studies => new(aws.DynamoDb, _names.StudyTable);

    private DynamoDbModelRegistry Models => new(aws.DynamoDb, _names.ModelRegistryTable!);

    public Task InitializeAsync() => DynamoDbTables.CreateAsync(aws.DynamoDb, _names);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_registry_has_the_keys_and_indexes_of_the_design()
    {
        var table = (await aws.DynamoDb.DescribeTableAsync(_names.ModelRegistryTable)).Table;

        Text(table.KeySchema).ShouldBe("HASH model_id, RANGE created_at");
        var indexes = table.GlobalSecondaryIndexes;
        indexes.Select(index => $"{index.IndexName}: {Text(index.KeySchema)}, {index.Projection.ProjectionType}").Order().ShouldBe(
            ["ExecutionIdIndex: HASH execution_id, RANGE created_at, ALL", "StatusIndex: HASH status, RANGE created_at, ALL"]);
    }

    [Fact]
    public async Task A_registered_model_is_the_item_of_the_design()
    {
        await Models.TryAddAsync(Records.Model());

        var item = (await aws.DynamoDb.ScanAsync(new ScanRequest(_names.ModelRegistryTable))).Items.ShouldHaveSingleItem();
        item["model_id"].S.ShouldBe($"model_{Records.Arn}_20260301_123015");
        item["created_at"].S.ShouldBe("2026-03-01T12:30:15.0000000Z");
        item["execution_id"].S.ShouldBe(Records.Arn);
        item["model_uri"].S.ShouldBe($"s3://artifacts/models/{Records.Arn}/");
        item["metrics"].M["trials"].N.ShouldBe("20");
        item["status"].S.ShouldBe("TRAINED");
        item["version"].S.ShouldBe("0.1.0");
    }

    [Fact]
    public async Task Models_of_the_stage_before_are_left_alone()
    {
        await aws.DynamoDb.PutItemAsync(_names.ModelRegistryTable, new()
        {
            ["model_id"] = new("model_old"),
            ["created_at"] = new("2024-01-01T00:00:00.123456"),
            ["execution_id"] = new("old"),
            ["status"] = new("TRAINED"),
        });
        await Models.TryAddAsync(Records.Model());

        (await Models.ListAsync().Select(model => model.ModelId).ToListAsync()).ShouldBe([Records.Model().ModelId]);
        (await Models.ListAsync(status: "TRAINED").Select(model => model.ModelId).ToListAsync()).ShouldBe([Records.Model().ModelId]);
        (await Models.FindAsync("model_old")).ShouldBeNull();
    }

    [Fact]
    public async Task A_model_of_the_same_id_and_another_instant_is_not_added()
    {
        await Models.TryAddAsync(Records.Model());

        (await Models.TryAddAsync(Records.Model(createdAt: Records.Start.AddTicks(1)))).ShouldBeFalse();
        (await Models.ListAsync().CountAsync()).ShouldBe(1);
    }

    [Theory]
    [InlineData(1e-200, 0)]
    [InlineData(-1e-131, 0)]
    [InlineData(1e-130, 1e-130)]
    [InlineData(9.9e125, 9.9e125)]
    public async Task A_metric_that_is_too_small_for_a_number_is_zero(double value, double held)
    {
        var model = Records.Model() with { Metrics = new Dictionary<string, double> { ["loss"] = value } };
        await Models.TryAddAsync(model);

        (await Models.FindAsync(model.ModelId))!.Metrics["loss"].ShouldBe(held);
    }

    [Fact]
    public async Task A_metric_that_is_too_large_for_a_number_is_refused()
    {
        var model = Records.Model() with { Metrics = new Dictionary<string, double> { ["loss"] = 1e126 } };

        (await Should.ThrowAsync<StoreException>(() => Models.TryAddAsync(model))).Message.ShouldContain("'loss'");
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Every_finite_loss_survives(double loss)
    {
        var epoch = Records.Epoch(0, 1) with { Metrics = MetricValues.Losses(loss, -loss).With("other", loss) };
        await Studies.TryAddEpochAsync(epoch);

        (await Studies.ListEpochsAsync(Records.Arn).SingleAsync()).ShouldBe(epoch);
    }

    [Fact]
    public async Task The_longest_id_of_the_widest_letters_fits_every_key()
    {
        var id = new string('日', 512);
        await Studies.TryAddStudyAsync(Records.Study(id));
        await Studies.TryAddTrialAsync(Records.Trial(int.MaxValue, executionId: id));
        await Studies.TryAddEpochAsync(Records.Epoch(int.MaxValue, int.MaxValue, id));
        await Models.TryAddAsync(Records.Model($"model_{id}_20260301_123015", executionId: id));

        (await Studies.ListStudiesAsync().SingleAsync()).ExecutionId.ShouldBe(id);
        (await Studies.ListTrialsAsync(id).SingleAsync()).Trial.ShouldBe(int.MaxValue);
        (await Studies.ListEpochsAsync(id).SingleAsync()).Epoch.ShouldBe(int.MaxValue);
        (await Models.ListAsync(executionId: id).SingleAsync()).ExecutionId.ShouldBe(id);
    }

    [Fact]
    public async Task A_listing_of_more_than_a_page_is_complete()
    {
        for (var trial = 0; trial < 30; trial++)
        {
            await Studies.TryAddTrialAsync(Records.Trial(trial) with { Failure = new('x', 60_000) });
        }

        (await Studies.ListTrialsAsync(Records.Arn).Select(trial => trial.Trial).ToListAsync()).ShouldBe(Enumerable.Range(0, 30));
    }

    [Fact]
    public async Task A_record_that_is_too_large_is_refused_with_its_limit() =>
        (await Should.ThrowAsync<StoreException>(
            () => Studies.TryAddStudyAsync(Records.Study() with { Saga = new('x', 410 * 1024) }))).Message
            .ShouldBe(
                $"The DynamoDB table '{_names.StudyTable}' could not be used: "
                + "a record is larger than the 400 KB that DynamoDB holds; make its texts shorter.");

    [Fact]
    public async Task A_table_that_is_not_there_is_named() =>
        (await Should.ThrowAsync<StoreException>(
            () => new DynamoDbStudyStore(aws.DynamoDb, "nowhere").TryAddStudyAsync(Records.Study()))).Message
            .ShouldStartWith("The DynamoDB table 'nowhere' could not be used: it does not exist");

    [Fact]
    public async Task The_table_of_something_else_is_named()
    {
        var store = new DynamoDbStudyStore(aws.DynamoDb, _names.ModelRegistryTable!);

        (await Should.ThrowAsync<StoreException>(() => store.FindStudyAsync("id"))).Message
            .ShouldContain("it is not made for these records");
        (await Should.ThrowAsync<StoreException>(() => store.TryAddStudyAsync(Records.Study()))).Message
            .ShouldContain("it is not made for these records");
        (await Should.ThrowAsync<StoreException>(async () => await store.ListStudiesAsync().ToListAsync())).Message
            .ShouldContain("it is not made for these records");
    }

    [Fact]
    public async Task A_throttled_write_is_tried_again()
    {
        var throttled = Interceptor.First(AwsAnswers.DynamoDb(HttpStatusCode.BadRequest, "ProvisionedThroughputExceededException"));
        var store = new DynamoDbStudyStore(AwsTestClients.DynamoDb(aws.DynamoDbUrl, throttled), _names.StudyTable);

        (await store.TryAddStudyAsync(Records.Study())).ShouldBeTrue();
        (await Studies.FindStudyAsync(Records.Arn)).ShouldBe(Records.Study());
    }

    [Fact]
    public async Task Every_read_of_a_study_and_of_a_model_sees_what_was_written_before()
    {
        var reads = new List<string>();
        var client = AwsTestClients.DynamoDb(aws.DynamoDbUrl, new(async (request, send) =>
        {
            reads.Add(await request.Content!.ReadAsStringAsync());
            return await send();
        }));
        var studies = new DynamoDbStudyStore(client, _names.StudyTable);
        await studies.FindStudyAsync("id");
        await studies.FindTrialAsync("id", 0);
        await studies.ListTrialsAsync("id").ToListAsync();
        await studies.ListEpochsAsync("id").ToListAsync();
        await new DynamoDbModelRegistry(client, _names.ModelRegistryTable!).FindAsync("id");

        reads.Count.ShouldBe(5);
        reads.ShouldAllBe(read => read.Contains("\"ConsistentRead\":true"));
    }

    [Fact]
    public async Task Tables_that_are_there_are_left_as_they_are()
    {
        await Studies.TryAddStudyAsync(Records.Study());
        await DynamoDbTables.CreateAsync(aws.DynamoDb, _names);

        (await Studies.FindStudyAsync(Records.Arn)).ShouldNotBeNull();
    }

    private static string Text(List<KeySchemaElement> keys) => string.Join(", ", keys.Select(key => $"{key.KeyType} {key.AttributeName}"));
}
