using MacroCausal.Contracts;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.Storage.Tests.Embedded;

public sealed class DirectoryObjectStoreTests : ObjectStoreCompliance, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private DirectoryObjectStore Files => (DirectoryObjectStore)Store;

    protected override Task<IObjectStore> OpenAsync() => Task.FromResult<IObjectStore>(new DirectoryObjectStore(_directory.Path));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_usual_object_has_the_file_name_that_one_expects()
    {
        var key = ObjectKeys.GoldTable(Records.Arn);
        await Store.PutAsync(Uri(key), Content("x"));

        Files.PathOf(Uri(key)).ShouldBe(_directory.Combine("artifacts", "gold", Records.Arn, "processed_data.parquet"));
        File.ReadAllText(Files.PathOf(Uri(key))).ShouldBe("x");
    }

    [Theory]
    [MemberData(nameof(UsualKeys))]
    public void A_path_stays_within_its_bucket_with_names_the_system_allows(string key)
    {
        var path = Files.PathOf(Uri(key));

        Path.GetFullPath(path).ShouldBe(path);
        path.ShouldStartWith(_directory.Combine("artifacts") + Path.DirectorySeparatorChar);
        path[_directory.Path.Length..].Split('/').ShouldAllBe(name => System.Text.Encoding.UTF8.GetByteCount(name) <= 255);
    }

    [Fact]
    public async Task A_file_that_a_person_puts_into_a_bucket_is_an_object()
    {
        Directory.CreateDirectory(_directory.Combine("gold"));
        await File.WriteAllTextAsync(_directory.Combine("gold", "table.parquet"), "x");

        (await Store.ListAsync("s3://gold/").ToListAsync()).ShouldBe(["s3://gold/table.parquet"]);
        (await Store.FindAsync("s3://gold/table.parquet"))!.Dispose();
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_holds_nothing()
    {
        (await Store.FindAsync("s3://nowhere/key")).ShouldBeNull();
        (await Store.ListAsync("s3://nowhere/").ToListAsync()).ShouldBeEmpty();
        await Store.DeleteAsync("s3://nowhere/key");
        Directory.Exists(_directory.Combine("nowhere")).ShouldBeFalse();
    }

    [Fact]
    public async Task No_temporary_file_stays_after_success_failure_or_a_lost_race()
    {
        await Store.PutAsync(Uri("a"), Content("x"));
        await Race.RunAsync(8, _ => Store.TryAddAsync(Uri("b"), Content("x")));
        await Should.ThrowAsync<ObjectStoreException>(
            () => Store.PutAsync(Uri("c"), new BreakingStream(10, new IOException("No space left on device", 28))));
        await Should.ThrowAsync<InvalidDataException>(
            () => Store.PutAsync(Uri("c"), new BreakingStream(10, new InvalidDataException("Nonsense"))));

        Directory.EnumerateFileSystemEntries(_directory.Combine(".tmp")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_full_disk_is_named_with_its_remedy()
    {
        var failure = await Should.ThrowAsync<ObjectStoreException>(
            () => Store.PutAsync(Uri("c"), new BreakingStream(10, new IOException("No space left on device", 28))));

        failure.Message.ShouldBe(
            $"'{Uri("c")}' could not be written: the disk that holds '{_directory.Path}' is full; free some space and try again.");
    }

    [Fact]
    public async Task A_file_where_a_folder_must_be_is_named()
    {
        await Store.PutAsync(Uri("a"), Content("x"));

        var failure = await Should.ThrowAsync<ObjectStoreException>(() => Store.PutAsync(Uri("a/b/c"), Content("y")));
        failure.Message.ShouldBe(
            $"'{Uri("a/b/c")}' could not be written: '{Files.PathOf(Uri("a"))}' is a file where a folder must be; "
            + "delete that object or choose another address.");
        (await Should.ThrowAsync<ObjectStoreException>(() => Store.TryAddAsync(Uri("a/b"), Content("y")))).Message
            .ShouldContain("is a file where a folder must be");
        (await ReadAsync("a")).ShouldBe(Bytes("x"));
    }

    [Fact]
    public async Task A_folder_where_the_file_must_be_is_named()
    {
        await Store.PutAsync(Uri("a/b"), Content("x"));

        (await Should.ThrowAsync<ObjectStoreException>(() => Store.PutAsync(Uri("a"), Content("y")))).Message.ShouldContain("is a folder");
        (await Should.ThrowAsync<ObjectStoreException>(() => Store.TryAddAsync(Uri("a"), Content("y")))).Message
            .ShouldContain("is a folder");
        (await ListAsync("")).ShouldBe([Uri("a/b")]);
    }

    [Fact]
    public async Task The_folders_of_the_last_object_go_with_it()
    {
        await Store.PutAsync(Uri("a/b/c"), Content("x"));
        await Store.DeleteAsync(Uri("a/b/c"));

        Directory.EnumerateFileSystemEntries(_directory.Combine("artifacts")).ShouldBeEmpty();
        await Store.PutAsync(Uri("a"), Content("y"));
    }

    [Fact]
    public void Only_old_leftovers_are_swept_when_a_store_opens()
    {
        var time = new FakeTimeProvider(new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        Leftover("old", time.GetUtcNow().AddHours(-2));
        Leftover("young", time.GetUtcNow().AddMinutes(-5));

        _ = new DirectoryObjectStore(_directory.Path, time);

        Directory.EnumerateFiles(_directory.Combine(".tmp")).Select(Path.GetFileName).ShouldBe(["young"]);
    }

    [Fact]
    public void A_storage_directory_that_cannot_be_made_is_named()
    {
        File.WriteAllText(_directory.Combine("file"), "x");

        Should.Throw<ObjectStoreException>(() => new DirectoryObjectStore(_directory.Combine("file", "storage"))).Message
            .ShouldStartWith($"The storage directory '{_directory.Combine("file", "storage")}' cannot be used");
    }

    [Fact]
    public async Task Two_stores_on_one_directory_agree_who_added_first()
    {
        var other = new DirectoryObjectStore(_directory.Path);
        for (var round = 0; round < 50; round++)
        {
            var key = Uri($"race/{round}");
            var added = await Race.RunAsync(8, adder => (adder % 2 == 0 ? Store : other).TryAddAsync(key, Content($"{adder}")));
            added.Count(one => one is not null).ShouldBe(1);
        }
    }

    private void Leftover(string name, DateTimeOffset written)
    {
        var path = _directory.Combine(".tmp", name);
        File.WriteAllText(path, "half");
        File.SetLastWriteTimeUtc(path, written.UtcDateTime);
    }
}
