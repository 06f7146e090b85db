using System.Security.Cryptography;
using System.Text;
using MacroCausal.Contracts;
using MacroCausal.Storage;
using Shouldly;
using Xunit;

namespace MacroCausal.TestKit.Stores;

/// <summary>What every <see cref="IObjectStore"/> must do. Derive from it and say how to open an empty store.</summary>
public abstract class ObjectStoreCompliance : IAsyncLifetime
{
    public static TheoryData<string> UsualKeys => new(
        "a", "a/b/c.parquet", $"gold/{Records.Arn}/processed_data.parquet", "ünï/日本/🎲.json", "with space/plus+/per%cent/100%",
        "%2e%2e/x", "...", "a.b/.hidden",
        "q?x=1&y=#z", new string('k', 255), $"runs/{new string('x', 512)}/data/train.parquet", new string('é', 511) + "/z",
        "%", new string('%', 300));

    public static TheoryData<string> HostileAddresses => new(
        "", "artifacts/key", "/etc/passwd", "file:///etc/passwd", "S3://artifacts/key", "s3://", "s3:///key", "s3://artifacts",
        "s3://artifacts/", "s3://artifacts//etc/passwd",
        "s3://artifacts/a//b", "s3://artifacts/a/", "s3://artifacts/..", "s3://artifacts/../other/key", "s3://artifacts/a/../../b",
        "s3://artifacts/./a", "s3://../key",
        "s3://./key", "s3://.tmp/key", "s3://a b/key", "s3://a:b/key", "s3://artifacts/a\0b", "s3://artifacts/a\nb",
        "s3://artifacts/a\u0085b",
        @"s3://artifacts/..\..\b",
        @"s3://artifacts/C:\b", "s3://artifacts/" + new string('x', 1025), "s3://artifacts/" + new string('é', 513),
        "s3://" + new string('b', 256) + "/key");

    protected IObjectStore Store { get; private set; } = null!;

    protected virtual string Bucket => "artifacts";

    protected abstract Task<IObjectStore> OpenAsync();

    public async Task InitializeAsync() => Store = await OpenAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(UsualKeys))]
    public async Task An_object_is_read_as_it_was_written(string key)
    {
        var content = Bytes(key);
        var reference = await Store.PutAsync(Uri(key), new MemoryStream(content));

        reference.ShouldBe(new ObjectReference(Uri(key), Convert.ToHexStringLower(SHA256.HashData(content))));
        (await ReadAsync(key)).ShouldBe(content);
        (await ListAsync("")).ShouldBe([Uri(key)]);
    }

    [Theory]
    [MemberData(nameof(HostileAddresses))]
    public async Task A_hostile_address_is_refused_by_every_method(string uri)
    {
        (await Should.ThrowAsync<ObjectStoreException>(() => Store.PutAsync(uri, Content("x")))).Message.ShouldContain("address");
        await Should.ThrowAsync<ObjectStoreException>(() => Store.TryAddAsync(uri, Content("x")));
        await Should.ThrowAsync<ObjectStoreException>(() => Store.FindAsync(uri));
        await Should.ThrowAsync<ObjectStoreException>(() => Store.OpenAsync(new(uri, "")));
        await Should.ThrowAsync<ObjectStoreException>(() => Store.DeleteAsync(uri));
        (await ListAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Half_of_a_surrogate_pair_is_refused() =>
        await Should.ThrowAsync<ObjectStoreException>(() => Store.PutAsync(Uri("a\ud800b"), Content("x")));

    [Theory]
    [InlineData("artifacts/")]
    [InlineData("s3://artifacts")]
    [InlineData("s3://artifacts/../")]
    [InlineData("s3://artifacts//")]
    [InlineData("s3:///")]
    public async Task A_hostile_prefix_is_refused(string prefix) =>
        await Should.ThrowAsync<ObjectStoreException>(async () => await Store.ListAsync(prefix).ToListAsync());

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        await Store.PutAsync(Uri("empty"), Content(""));

        (await ReadAsync("empty")).ShouldBe([]);
    }

    [Fact]
    public async Task A_large_object_is_read_as_it_was_written_and_can_be_sought()
    {
        var content = new byte[9 * 1024 * 1024 + 1];
        new Random(1).NextBytes(content);
        var reference = await Store.PutAsync(Uri("large"), new MemoryStream(content));

        await using var stream = await Store.OpenAsync(reference);
        stream.CanSeek.ShouldBeTrue();
        stream.Length.ShouldBe(content.Length);
        stream.Position.ShouldBe(0);
        stream.Seek(-1, SeekOrigin.End);
        stream.ReadByte().ShouldBe(content[^1]);
        stream.Position = 0;
        (await SHA256.HashDataAsync(stream)).ShouldBe(SHA256.HashData(content));
    }

    [Fact]
    public async Task A_second_put_replaces_the_first()
    {
        await Store.PutAsync(Uri("key"), Content("first, and longer"));
        await Store.PutAsync(Uri("key"), Content("second"));

        (await ReadAsync("key")).ShouldBe(Bytes("second"));
    }

    [Fact]
    public async Task A_reader_keeps_what_it_opened_while_another_object_takes_the_place()
    {
        await Store.PutAsync(Uri("key"), Content("first"));
        await using var open = await Store.FindAsync(Uri("key"));
        await Store.PutAsync(Uri("key"), Content("second"));

        (await AllAsync(open!)).ShouldBe(Bytes("first"));
    }

    [Fact]
    public async Task An_object_that_is_there_is_not_added()
    {
        (await Store.TryAddAsync(Uri("key"), Content("first")))
            .ShouldBe(new ObjectReference(Uri("key"), Convert.ToHexStringLower(SHA256.HashData(Bytes("first")))));
        (await Store.TryAddAsync(Uri("key"), Content("second"))).ShouldBeNull();

        (await ReadAsync("key")).ShouldBe(Bytes("first"));
    }

    [Fact]
    public async Task Of_many_who_add_at_once_exactly_one_wins()
    {
        for (var round = 0; round < 20; round++)
        {
            var key = $"race/{round}";
            var added = await Race.RunAsync(32, adder => Store.TryAddAsync(Uri(key), Content($"adder {adder}")));

            var winner = added.Index().Single(one => one.Item is not null).Index;
            (await ReadAsync(key)).ShouldBe(Bytes($"adder {winner}"));
        }
    }

    [Fact]
    public async Task Of_many_who_put_at_once_one_whole_object_stays()
    {
        var contents = Enumerable.Range(0, 16).Select(writer => Bytes(new string((char)('a' + writer), 100_000 + writer))).ToArray();
        await Race.RunAsync(contents.Length, writer => Store.PutAsync(Uri("key"), new MemoryStream(contents[writer])));

        var found = await ReadAsync("key");
        contents.ShouldContain(content => content.SequenceEqual(found!));
        (await ListAsync("")).ShouldBe([Uri("key")]);
    }

    [Fact]
    public async Task Objects_come_and_go_at_once_without_getting_in_each_others_way()
    {
        await Race.RunAsync(16, async worker =>
        {
            for (var round = 0; round < 10; round++)
            {
                await Store.PutAsync(Uri($"shared/folder/{worker}"), Content("x"));
                await Store.DeleteAsync(Uri($"shared/folder/{worker}"));
            }

            return true;
        });

        (await ListAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await Store.PutAsync(Uri("a/b"), Content("x"));

        (await Store.FindAsync(Uri("nothing"))).ShouldBeNull();
        (await Store.FindAsync(Uri("a"))).ShouldBeNull();
        (await Store.FindAsync(Uri("a/b/c"))).ShouldBeNull();
        (await ListAsync("nothing/")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Opening_what_is_not_there_says_which_object()
    {
        var failure = await Should.ThrowAsync<ObjectStoreException>(() => Store.OpenAsync(new(Uri("nothing"), new string('0', 64))));

        failure.Message.ShouldContain(Uri("nothing"));
    }

    [Fact]
    public async Task Opening_an_object_of_another_hash_is_refused()
    {
        var first = await Store.PutAsync(Uri("key"), Content("first"));
        await Store.PutAsync(Uri("key"), Content("second"));

        var failure = await Should.ThrowAsync<ObjectStoreException>(() => Store.OpenAsync(first));
        failure.Message.ShouldContain(Uri("key"));
        failure.Message.ShouldContain(first.Sha256);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300_000)]
    public async Task A_source_that_fails_leaves_nothing_behind(int bytes)
    {
        await Should.ThrowAsync<ObjectStoreException>(
            () => Store.PutAsync(Uri("key"), new BreakingStream(bytes, new IOException("The connection broke"))));
        await Should.ThrowAsync<ObjectStoreException>(
            () => Store.TryAddAsync(Uri("key"), new BreakingStream(bytes, new IOException("The connection broke"))));

        (await Store.FindAsync(Uri("key"))).ShouldBeNull();
        (await ListAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_source_that_fails_leaves_the_old_object_in_place()
    {
        await Store.PutAsync(Uri("key"), Content("old"));
        await Should.ThrowAsync<ObjectStoreException>(
            () => Store.PutAsync(Uri("key"), new BreakingStream(300_000, new IOException("The connection broke"))));

        (await ReadAsync("key")).ShouldBe(Bytes("old"));
    }

    [Fact]
    public async Task A_listing_is_in_ordinal_order_over_folders_and_files_alike()
    {
        string[] keys =
            ["a-b/x", "a/x", "a/y/z", "a.b", "B", "a/x-1", "ä", "a0", "b/" + new string('q', 400), "b/" + new string('q', 300)];
        foreach (var key in keys)
        {
            await Store.PutAsync(Uri(key), Content(key));
        }

        (await ListAsync("")).ShouldBe(keys.Order(StringComparer.Ordinal).Select(Uri));
        (await ListAsync("a/")).ShouldBe([Uri("a/x"), Uri("a/x-1"), Uri("a/y/z")]);
        (await ListAsync("a/x")).ShouldBe([Uri("a/x"), Uri("a/x-1")]);
        (await ListAsync("b/" + new string('q', 350))).ShouldBe([Uri("b/" + new string('q', 400))]);
    }

    [Fact]
    public async Task A_listing_longer_than_a_page_is_complete()
    {
        var keys = Enumerable.Range(0, 1_200).Select(number => $"many/{number:D5}").ToArray();
        foreach (var chunk in keys.Chunk(16))
        {
            await Task.WhenAll(chunk.Select(key => Store.PutAsync(Uri(key), Content(""))));
        }

        (await ListAsync("many/")).ShouldBe(keys.Select(Uri));
    }

    [Fact]
    public async Task A_deleted_object_is_gone_and_deleting_it_again_is_fine()
    {
        await Store.PutAsync(Uri("folder/key"), Content("x"));
        await Store.PutAsync(Uri("folder/other"), Content("y"));
        await Store.DeleteAsync(Uri("folder/key"));
        await Store.DeleteAsync(Uri("folder/key"));

        (await ListAsync("")).ShouldBe([Uri("folder/other")]);
        (await Store.TryAddAsync(Uri("folder/key"), Content("z"))).ShouldNotBeNull();
    }

    [Fact]
    public async Task Cancelled_calls_do_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Should.ThrowAsync<OperationCanceledException>(() => Store.PutAsync(Uri("key"), Content("x"), cancelled));
        await Should.ThrowAsync<OperationCanceledException>(() => Store.FindAsync(Uri("key"), cancelled));

        (await ListAsync("")).ShouldBeEmpty();
    }

    protected static Stream Content(string text) => new MemoryStream(Bytes(text));

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static async Task<byte[]> AllAsync(Stream stream)
    {
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    protected string Uri(string key) => ObjectKeys.Uri(Bucket, key);

    protected async Task<byte[]?> ReadAsync(string key)
    {
        await using var stream = await Store.FindAsync(Uri(key));
        return stream is null ? null : await AllAsync(stream);
    }

    protected async Task<List<string>> ListAsync(string prefix) => await Store.ListAsync(Uri(prefix)).ToListAsync();

}
