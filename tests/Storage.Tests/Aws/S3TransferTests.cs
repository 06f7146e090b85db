using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using MacroCausal.Contracts;
using MacroCausal.Storage.Aws;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Storage.Tests.Aws;

[Trait("Category", "Slow")]
public sealed class S3TransferTests(AwsStores aws) : IAsyncLifetime, IClassFixture<AwsStores>
{
    private readonly string _bucket = $"test-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<string> _calls = [];

    private string Uri => ObjectKeys.Uri(_bucket, "folder/key");

    public async Task InitializeAsync() => await aws.S3.PutBucketAsync(_bucket);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(S3Upload.PartBytes - 1, "PUT")]
    [InlineData(S3Upload.PartBytes, "POST ?uploads,PUT part 1,POST")]
    [InlineData(S3Upload.PartBytes + 1, "POST ?uploads,PUT part 1,PUT part 2,POST")]
    [InlineData(20_000_000, "POST ?uploads,PUT part 1,PUT part 2,PUT part 3,POST")]
    public async Task A_large_object_goes_up_in_parts_and_comes_back_whole(int length, string calls)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var store = Store((_, send) => send());
        var reference = await store.PutAsync(Uri, new MemoryStream(content));

        string.Join(',', _calls).ShouldBe(calls);
        reference.Sha256.ShouldBe(Hash(content));
        await using var found = await store.OpenAsync(reference);
        found.CanSeek.ShouldBeTrue();
        (await SHA256.HashDataAsync(found)).ShouldBe(SHA256.HashData(content));
    }

    [Fact]
    public async Task Of_two_who_add_a_large_object_one_wins_and_no_parts_stay()
    {
        var store = Store((_, send) => send());
        byte[][] contents = [RandomNumberGenerator.GetBytes(9_000_000), RandomNumberGenerator.GetBytes(9_000_001)];
        var added = await Race.RunAsync(2, adder => store.TryAddAsync(Uri, new MemoryStream(contents[adder])));

        var winner = added.Index().Single(one => one.Item is not null).Index;
        (await HashAsync(store)).ShouldBe(Hash(contents[winner]));
        Given("DELETE upload").ShouldBe(Given("POST ?uploads") - 1);
    }

    [Fact]
    public async Task A_large_object_that_is_there_already_is_not_sent()
    {
        await new S3ObjectStore(aws.S3).PutAsync(Uri, new MemoryStream([1]));

        (await Store((_, send) => send()).TryAddAsync(Uri, new MemoryStream(new byte[9_000_000]))).ShouldBeNull();
        _calls.ShouldBe(["HEAD"]);
    }

    [Fact]
    public async Task A_source_that_breaks_in_its_second_part_leaves_the_old_object_and_no_parts()
    {
        var store = Store((_, send) => send());
        await store.PutAsync(Uri, new MemoryStream([1]));
        await Should.ThrowAsync<ObjectStoreException>(
            () => store.PutAsync(Uri, new BreakingStream(9_000_000, new IOException("The connection broke"))));
        await Should.ThrowAsync<InvalidDataException>(
            () => store.PutAsync(Uri, new BreakingStream(9_000_000, new InvalidDataException("Nonsense"))));

        (await HashAsync(store)).ShouldBe(Hash([1]));
        Given("POST ?uploads").ShouldBe(2);
        Given("DELETE upload").ShouldBe(2);
    }

    [Fact]
    public async Task A_part_that_is_refused_leaves_no_parts()
    {
        var store = Store((request, send) =>
            IsPart(request, 2) ? Task.FromResult(AwsAnswers.S3(HttpStatusCode.Forbidden, "AccessDenied")) : send());

        await Should.ThrowAsync<ObjectStoreException>(() => store.PutAsync(Uri, new MemoryStream(new byte[9_000_000])));
        _calls.Last().ShouldBe("DELETE upload");
        (await store.FindAsync(Uri)).ShouldBeNull();
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(9_000_000)]
    public async Task A_throttled_write_is_tried_again(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var throttled = false;
        var store = Store((request, send) =>
        {
            var isFirst = request.Method == HttpMethod.Put && !throttled;
            throttled |= isFirst;
            return isFirst
                ? Task.FromResult(AwsAnswers.S3(HttpStatusCode.ServiceUnavailable, "SlowDown", "Please reduce your request rate."))
                : send();
        });

        await store.TryAddAsync(Uri, new MemoryStream(content));
        throttled.ShouldBeTrue();
        (await HashAsync(store)).ShouldBe(Hash(content));
    }

    [Theory]
    [InlineData(1_000, "PUT")]
    [InlineData(9_000_000, "POST")]
    public async Task An_addition_whose_answer_got_lost_counts_as_made(int length, string last)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var lost = false;
        var store = Store(async (request, send) =>
        {
            var answer = await send();
            var isLost = !lost && request.Method.Method == last && !request.RequestUri!.Query.Contains("uploads", StringComparison.Ordinal);
            lost |= isLost;
            return isLost ? throw new HttpRequestException("The connection was closed") : answer;
        });

        (await store.TryAddAsync(Uri, new MemoryStream(content))).ShouldNotBeNull();
        lost.ShouldBeTrue();
        (await store.TryAddAsync(Uri, new MemoryStream([1]))).ShouldBeNull();
        (await HashAsync(store)).ShouldBe(Hash(content));
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(9_000_000)]
    public async Task A_download_that_breaks_off_is_tried_again(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        await new S3ObjectStore(aws.S3).PutAsync(Uri, new MemoryStream(content));
        var broken = false;
        var store = Store(async (_, send) =>
        {
            var answer = await send();
            if (!broken)
            {
                broken = true;
                var cut = new StreamContent(new BreakingStream(length / 2, new HttpIOException(HttpRequestError.ResponseEnded)));
                cut.Headers.ContentLength = answer.Content.Headers.ContentLength;
                answer.Content = cut;
            }

            return answer;
        });

        (await HashAsync(store)).ShouldBe(Hash(content));
        _calls.ShouldBe(["GET", "GET"]);
    }

    [Fact]
    public async Task A_listing_is_in_the_order_of_the_directory_store_and_without_markers_of_folders()
    {
        var store = new S3ObjectStore(aws.S3);
        await aws.S3.PutObjectAsync(new() { BucketName = _bucket, Key = "folder/", ContentBody = "" });
        string[] keys = ["folder/\uff5e", "folder/🎲", "folder/a"];
        foreach (var key in keys)
        {
            await store.PutAsync(ObjectKeys.Uri(_bucket, key), new MemoryStream());
        }

        (await store.ListAsync(ObjectKeys.Uri(_bucket, "folder/")).ToListAsync())
            .ShouldBe(keys.Order(StringComparer.Ordinal).Select(key => ObjectKeys.Uri(_bucket, key)));
    }

    [Fact]
    public async Task What_S3_is_to_check_goes_with_every_write()
    {
        var hashes = new ConcurrentQueue<string>();
        var content = RandomNumberGenerator.GetBytes(9_000_000);
        var store = Store(async (request, send) =>
        {
            if (request.RequestUri!.Query.StartsWith("?uploadId", StringComparison.Ordinal))
            {
                hashes.Enqueue(await request.Content!.ReadAsStringAsync());
            }

            return await send();
        });
        await store.PutAsync(Uri, new MemoryStream(content));

        hashes.ShouldHaveSingleItem().ShouldContain(Convert.ToBase64String(SHA256.HashData(content.AsSpan(0, S3Upload.PartBytes))));
    }

    private static bool IsPart(HttpRequestMessage request, int number) =>
        request.RequestUri!.Query.Contains($"partNumber={number}", StringComparison.Ordinal);

    private S3ObjectStore Store(Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> act) =>
        new(AwsTestClients.S3(aws.S3Url, new((request, send) =>
    {
        _calls.Enqueue(Call(request));
        return act(request, send);
    })));

    private static string Call(HttpRequestMessage request)
    {
        var part = Enumerable.Range(1, 9).FirstOrDefault(number => IsPart(request, number));
        return request.Method.Method switch
        {
            "PUT" when part > 0 => $"PUT part {part}",
            "POST" when request.RequestUri!.Query.StartsWith("?uploads", StringComparison.Ordinal) => "POST ?uploads",
            "DELETE" when request.RequestUri!.Query.StartsWith("?uploadId", StringComparison.Ordinal) => "DELETE upload",
            var method => method,
        };
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private async Task<string> HashAsync(S3ObjectStore store)
    {
        await using var found = await store.FindAsync(Uri);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(found!));
    }

    private int Given(string call) => _calls.Count(made => made == call);
}
