using CsCheck;
using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;

namespace MacroCausal.Storage.Tests;

public sealed class ObjectUriTests
{
    [Fact]
    public void Bucket_and_key_are_taken_as_they_stand()
    {
        var uri = ObjectUri.Parse("s3://my-bucket.v2/gold/arn:aws:states:1/a%20b?c#d");

        (uri.Bucket, uri.Key).ShouldBe(("my-bucket.v2", "gold/arn:aws:states:1/a%20b?c#d"));
        uri.ToString().ShouldBe("s3://my-bucket.v2/gold/arn:aws:states:1/a%20b?c#d");
    }

    [Theory]
    [InlineData("s3://bucket/", "")]
    [InlineData("s3://bucket/a/", "a/")]
    [InlineData("s3://bucket/a/b", "a/b")]
    public void A_prefix_may_end_anywhere(string prefix, string key) => ObjectUri.ParsePrefix(prefix).Key.ShouldBe(key);

    [Fact]
    public void A_key_of_1024_bytes_is_the_longest()
    {
        ObjectUri.Parse("s3://bucket/" + new string('é', 512)).Key.Length.ShouldBe(512);
        Should.Throw<ObjectStoreException>(() => ObjectUri.Parse("s3://bucket/" + new string('é', 512) + "x")).Message
            .ShouldContain("1025 bytes");
    }

    [Fact]
    public void A_refusal_shows_the_address_short_and_printable()
    {
        var message = Should.Throw<ObjectStoreException>(() => ObjectUri.Parse("s3://bucket/\u001b[2J" + new string('x', 3000))).Message;

        message.ShouldStartWith("The object address 's3://bucket/?[2Jxxx");
        message.Length.ShouldBeLessThan(400);
        message.Any(char.IsControl).ShouldBeFalse();
    }

    [Fact]
    public void Whatever_is_accepted_lies_below_its_bucket_and_comes_back_the_same()
    {
        using var directory = new TemporaryDirectory();
        var store = new DirectoryObjectStore(directory.Path);
        var bucket = directory.Combine("bucket");
        string[] pieces =
        [
            "..", ".", "/", "a", "%", "25", "\\", ":", "\0", "é", "日", "\ud83c\udfb2", "\ud83c", "long" + new string('y', 120),
        ];
        Gen.OneOf(pieces.Select(Gen.Const).ToArray()).Array[0, 12].Sample(chosen =>
        {
            var text = "s3://bucket/" + string.Concat(chosen);
            if (Accepted(text) is { } uri)
            {
                var path = store.PathOf(text);
                uri.ToString().ShouldBe(text);
                Path.GetFullPath(path).ShouldBe(path);
                path.ShouldStartWith(bucket + Path.DirectorySeparatorChar);
            }
        });
    }

    [Theory]
    [InlineData(".", "%2E")]
    [InlineData("..", "%2E.")]
    public void What_a_long_name_continues_with_is_never_a_folder_of_the_system(string rest, string name)
    {
        var key = new string('y', 254) + rest;
        var path = DirectoryPaths.ToPath("bucket", key);

        Path.GetFileName(path).ShouldBe(name);
        DirectoryPaths.ToKey(Path.GetRelativePath("bucket", path)).ShouldBe(key);
    }

    private static ObjectUri? Accepted(string text)
    {
        try
        {
            return ObjectUri.Parse(text);
        }
        catch (ObjectStoreException)
        {
            return null;
        }
    }
}
