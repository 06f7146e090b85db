using System.Net;
using MacroCausal.Storage.Aws;

namespace MacroCausal.Storage.Tests.Aws;

/// <summary>Every failure is one sentence that names the object and the remedy; S3 itself is played by canned answers.</summary>
public sealed class S3FailureTests
{
    private const string Uri = "s3://artifacts/folder/key";

    public static TheoryData<string, Func<IObjectStore, Task>, string> Calls => new()
    {
        { "written", store => store.PutAsync(Uri, Content()), "s3:PutObject" },
        { "written", store => store.TryAddAsync(Uri, Content()), "s3:PutObject" },
        { "read", store => store.FindAsync(Uri), "s3:GetObject" },
        { "read", store => store.OpenAsync(new(Uri, "")), "s3:GetObject" },
        { "deleted", store => store.DeleteAsync(Uri), "s3:DeleteObject" },
        { "listed", async store => await store.ListAsync(Uri).ToListAsync(), "s3:ListBucket" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_denied_call_says_what_to_allow(string verb, Func<IObjectStore, Task> call, string action)
    {
        var message = await MessageAsync(call, HttpStatusCode.Forbidden, "AccessDenied", "User: role/tuner is not authorized.");

        message.ShouldStartWith($"'{Uri}' could not be {verb}: access is denied (User: role/tuner is not authorized); allow {action}");
        message.ShouldContain("'arn:aws:s3:::artifacts");
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_missing_bucket_is_named(string verb, Func<IObjectStore, Task> call, string action)
    {
        action.ShouldNotBeEmpty();
        (await MessageAsync(call, HttpStatusCode.NotFound, "NoSuchBucket")).ShouldBe(
            $"'{Uri}' could not be {verb}: the bucket 'artifacts' does not exist at {AwsTestClients.Nowhere}/; "
            + "create it, or correct its name and AWS_REGION.");
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "InvalidAccessKeyId", "the AWS credentials are not valid")]
    [InlineData(HttpStatusCode.Forbidden, "SignatureDoesNotMatch", "the AWS credentials are not valid")]
    [InlineData(HttpStatusCode.BadRequest, "ExpiredToken", "the AWS credentials have expired")]
    [InlineData(HttpStatusCode.BadRequest, "AuthorizationHeaderMalformed", "set AWS_REGION to its region")]
    [InlineData(HttpStatusCode.InternalServerError, "InternalError", "still fails after 0 retries")]
    [InlineData(HttpStatusCode.BadRequest, "EntityTooLarge", "refused the call (EntityTooLarge: Something is wrong)")]
    public async Task A_refusal_says_what_to_do(HttpStatusCode status, string code, string reason) =>
        (await MessageAsync(store => store.PutAsync(Uri, Content()), status, code)).ShouldContain(reason);

    [Fact]
    public async Task Throttling_without_end_says_so() =>
        (await MessageAsync(store => store.FindAsync(Uri), HttpStatusCode.ServiceUnavailable, "SlowDown"))
            .ShouldBe(
                $"'{Uri}' could not be read: {AwsTestClients.Nowhere}/ still answers SlowDown after 0 retries; "
                + "try again later, or raise its capacity.");

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "AccessDenied", FailureCause.Process)]
    [InlineData(HttpStatusCode.Forbidden, "InvalidAccessKeyId", FailureCause.Process)]
    [InlineData(HttpStatusCode.NotFound, "NoSuchBucket", FailureCause.Process)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "SlowDown", FailureCause.Store)]
    [InlineData(HttpStatusCode.InternalServerError, "InternalError", FailureCause.Store)]
    [InlineData(HttpStatusCode.Forbidden, "InvalidObjectState", FailureCause.Content)]
    public async Task Who_else_would_meet_it_is_said(HttpStatusCode status, string code, FailureCause cause) =>
        (await FailureAsync(store => store.FindAsync(Uri), status, code)).Cause.ShouldBe(cause);

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task An_endpoint_that_does_not_answer_is_named(string verb, Func<IObjectStore, Task> call, string action)
    {
        action.ShouldNotBeEmpty();
        var store = new S3ObjectStore(AwsTestClients.S3(retries: 0));

        (await Should.ThrowAsync<ObjectStoreException>(() => call(store))).Message.ShouldBe(
            $"'{Uri}' could not be {verb}: {AwsTestClients.Nowhere}/ cannot be reached (Connection refused (127.0.0.1:1)); "
            + "check the network, AWS_REGION and AWS_ENDPOINT_URL, and try again.");
    }

    [Fact]
    public async Task Missing_credentials_are_asked_for()
    {
        var store = new S3ObjectStore(AwsTestClients.S3(credentials: new NoCredentials()));

        (await Should.ThrowAsync<ObjectStoreException>(() => store.FindAsync(Uri))).Message
            .ShouldStartWith($"'{Uri}' could not be read: no AWS credentials were found; set AWS_PROFILE");
    }

    [Theory]
    [InlineData("b")]
    [InlineData("Under_Score")]
    public async Task A_name_that_no_bucket_can_have_is_named(string bucket) =>
        (await Should.ThrowAsync<ObjectStoreException>(
            () => new S3ObjectStore(AwsTestClients.S3(retries: 0)).FindAsync($"s3://{bucket}/key"))).Message
            .ShouldContain(bucket);

    [Fact]
    public async Task A_caller_who_gives_up_gets_no_other_failure()
    {
        using var caller = new CancellationTokenSource();
        var interceptor = new Interceptor(async (_, _) =>
        {
            await caller.CancelAsync();
            throw new TaskCanceledException("Cancelled", null, caller.Token);
        });

        await Should.ThrowAsync<OperationCanceledException>(
            () => new S3ObjectStore(AwsTestClients.S3(interceptor: interceptor)).FindAsync(Uri, caller.Token));
    }

    private static MemoryStream Content() => new([1, 2, 3]);

    private static async Task<string> MessageAsync(
        Func<IObjectStore, Task> call, HttpStatusCode status, string code, string message = "Something is wrong.") =>
        (await FailureAsync(call, status, code, message)).Message;

    private static async Task<ObjectStoreException> FailureAsync(
        Func<IObjectStore, Task> call, HttpStatusCode status, string code, string message = "Something is wrong.")
    {
        var interceptor = Interceptor.Always(() => AwsAnswers.S3(status, code, message));
        var store = new S3ObjectStore(AwsTestClients.S3(interceptor: interceptor, retries: 0));
        return await Should.ThrowAsync<ObjectStoreException>(() => call(store));
    }
}
