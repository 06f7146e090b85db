using System.Net;
using System.Text.Json;
using MacroCausal.Storage.Aws;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Storage.Tests.Aws;

/// <summary>Every failure is one sentence that names the table and the remedy; DynamoDB itself is played by canned answers.</summary>
public sealed class DynamoDbFailureTests
{
    private const string Table = "macrocausal-studies";

    public static TheoryData<string, Func<DynamoDbStudyStore, Task>> Calls => new()
    {
        { "PutItem", store => store.TryAddStudyAsync(Records.Study()) },
        { "PutItem", store => store.TryReplaceTrialAsync(Records.Trial(0, version: 1)) },
        { "GetItem", store => store.FindStudyAsync("id") },
        { "Query", async store => await store.ListTrialsAsync("id").ToListAsync() },
        { "Query", async store => await store.ListStudiesAsync().ToListAsync() },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_denied_call_says_what_to_allow(string action, Func<DynamoDbStudyStore, Task> call) =>
        (await MessageAsync(call, "AccessDeniedException", "User: role/tuner is not authorized.")).ShouldBe(
            $"The DynamoDB table '{Table}' could not be used: access is denied (User: role/tuner is not authorized); "
            + $"allow dynamodb:{action} on the table '{Table}' and its indexes.");

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_missing_table_is_named_with_its_setting(string action, Func<DynamoDbStudyStore, Task> call)
    {
        action.ShouldNotBeEmpty();
        (await MessageAsync(call, "ResourceNotFoundException")).ShouldBe(
            $"The DynamoDB table '{Table}' could not be used: it does not exist at {AwsTestClients.Nowhere}/; "
            + "create it, or correct STUDY_TABLE and AWS_REGION.");
    }

    [Fact]
    public async Task A_missing_registry_is_named_with_its_setting()
    {
        var answer = Interceptor.Always(() => AwsAnswers.DynamoDb(HttpStatusCode.BadRequest, "ResourceNotFoundException"));
        var registry = new DynamoDbModelRegistry(AwsTestClients.DynamoDb(interceptor: answer), "models");

        (await Should.ThrowAsync<StoreException>(() => registry.FindAsync("id"))).Message.ShouldContain("correct MODEL_REGISTRY_TABLE");
        (await Should.ThrowAsync<StoreException>(async () => await registry.ListAsync().ToListAsync())).Message.ShouldContain("'models'");
        (await Should.ThrowAsync<StoreException>(() => registry.TryAddAsync(Records.Model()))).Message.ShouldContain("'models'");
        (await Should.ThrowAsync<StoreException>(() => registry.SetStatusAsync("id", "DEPLOYED"))).Message.ShouldContain("'models'");
    }

    [Theory]
    [InlineData("UnrecognizedClientException", "the AWS credentials are not valid")]
    [InlineData("InvalidSignatureException", "the AWS credentials are not valid")]
    [InlineData("ExpiredTokenException", "the AWS credentials have expired")]
    [InlineData("ProvisionedThroughputExceededException", "still answers ProvisionedThroughputExceededException after 0 retries")]
    public async Task A_refusal_says_what_to_do(string code, string reason) =>
        (await MessageAsync(store => store.FindStudyAsync("id"), code)).ShouldContain(reason);

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task An_endpoint_that_does_not_answer_is_named(string action, Func<DynamoDbStudyStore, Task> call)
    {
        action.ShouldNotBeEmpty();
        var store = new DynamoDbStudyStore(AwsTestClients.DynamoDb(retries: 0), Table);

        (await Should.ThrowAsync<StoreException>(() => call(store))).Message.ShouldBe(
            $"The DynamoDB table '{Table}' could not be used: {AwsTestClients.Nowhere}/ cannot be reached (Connection refused "
            + "(127.0.0.1:1)); check the network, AWS_REGION and AWS_ENDPOINT_URL, and try again.");
    }

    [Fact]
    public async Task Missing_credentials_are_asked_for()
    {
        var store = new DynamoDbStudyStore(AwsTestClients.DynamoDb(credentials: new NoCredentials()), Table);

        (await Should.ThrowAsync<StoreException>(() => store.FindStudyAsync("id"))).Message
            .ShouldContain("no AWS credentials were found; set AWS_PROFILE");
    }

    [Fact]
    public async Task A_call_that_was_given_up_is_no_failure_of_the_store()
    {
        var store = new DynamoDbStudyStore(AwsTestClients.DynamoDb(), Table);

        await Should.ThrowAsync<OperationCanceledException>(() => store.TryAddStudyAsync(Records.Study(), new(canceled: true)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_that_finds_itself_made_counts_as_made(bool isOurs)
    {
        var tries = 0;
        var interceptor = new Interceptor(async (request, _) =>
        {
            using var body = JsonDocument.Parse(await request.Content!.ReadAsStringAsync());
            var writer = isOurs
                ? body.RootElement.GetProperty("Item").GetProperty("written_by").GetProperty("S").GetString()
                : "somebody else";
            return ++tries == 1
                ? throw new HttpRequestException("The connection was closed before the answer came")
                : AwsAnswers.DynamoDb(
                    HttpStatusCode.BadRequest,
                    "ConditionalCheckFailedException",
                    more: $$$""","Item":{"written_by":{"S":"{{{writer}}}"}}""");
        });
        var store = new DynamoDbStudyStore(AwsTestClients.DynamoDb(interceptor: interceptor), Table);

        (await store.TryAddTrialAsync(Records.Trial(0))).ShouldBe(isOurs);
        tries.ShouldBe(2);
    }

    [Theory]
    [InlineData("ProvisionedThroughputExceededException", FailureCause.Store)]
    [InlineData("AccessDeniedException", FailureCause.Process)]
    [InlineData("ExpiredTokenException", FailureCause.Process)]
    [InlineData("ResourceNotFoundException", FailureCause.Content)]
    [InlineData("ValidationException", FailureCause.Content)]
    public async Task A_failure_tells_whether_another_process_or_a_later_try_may_succeed(string code, FailureCause cause) =>
        (await FailureAsync(store => store.FindStudyAsync("id"), code)).Cause.ShouldBe(cause);

    private static async Task<string> MessageAsync(
        Func<DynamoDbStudyStore, Task> call, string code, string message = "Something is wrong.") =>
        (await FailureAsync(call, code, message)).Message;

    private static Task<StoreException> FailureAsync(
        Func<DynamoDbStudyStore, Task> call, string code, string message = "Something is wrong.")
    {
        var answer = Interceptor.Always(() => AwsAnswers.DynamoDb(HttpStatusCode.BadRequest, code, message));
        var store = new DynamoDbStudyStore(AwsTestClients.DynamoDb(interceptor: answer, retries: 0), Table);
        return Should.ThrowAsync<StoreException>(() => call(store));
    }
}
