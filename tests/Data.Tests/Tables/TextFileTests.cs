using System.IO.Compression;
using System.Text;
using CsCheck;
using MacroCausal.Data.Tables;

namespace MacroCausal.Data.Tests.Tables;

public sealed class TextFileTests
{
    private const string Text = "date,größe\n2000-01,1\n";

    public static TheoryData<string, bool> Encodings => new()
    {
        { "utf-8", true }, { "utf-8", false }, { "utf-16", true }, { "utf-16", false }, { "utf-16BE", true }, { "utf-16BE", false },
        { "iso-8859-1", false },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Text_is_read_in_the_encoding_that_it_is_written_in(string encoding, bool mark)
    {
        var written = Encoding.GetEncoding(encoding);

        (await ReadAsync([.. mark ? written.GetPreamble() : [], .. written.GetBytes(Text)])).ShouldBe((Text, encoding));
    }

    [Fact]
    public async Task A_gzipped_file_is_unpacked() => (await ReadAsync(Gzipped(Encoding.UTF8.GetBytes(Text)))).ShouldBe((Text, "utf-8"));

    [Fact]
    public async Task A_damaged_gzip_file_is_refused() =>
        (await Should.ThrowAsync<TableException>(ReadAsync(Gzipped(Encoding.UTF8.GetBytes(Text))[..^6]))).Message
            .ShouldStartWith("'t.csv' is a damaged gzip file");

    [Fact]
    public async Task Zstandard_is_refused_with_a_remedy() =>
        (await Should.ThrowAsync<TableException>(ReadAsync([0x28, 0xb5, 0x2f, 0xfd, 0]))).Message.ShouldBe(
            "'t.csv' is packed with Zstandard; unpack it first (zstd -d), or pack it with gzip.");

    [Fact]
    public async Task A_sheet_of_Excel_is_refused_with_a_remedy() =>
        (await Should.ThrowAsync<TableException>(ReadAsync([.. "PK\u0003\u0004"u8, 0, 0]))).Message.ShouldBe(
            "'t.csv' is a ZIP archive or an Excel file; unpack it, or save the sheet as CSV.");

    [Fact]
    public async Task Whatever_the_bytes_they_are_text_or_refused() => await Gen.Byte.Array[0, 40].SampleAsync(async bytes =>
    {
        try
        {
            (await ReadAsync(bytes)).Text.ShouldNotBeNull();
        }
        catch (TableException exception)
        {
            exception.Message.ShouldStartWith("'t.csv' is ");
        }
    });

    private static Task<(string Text, string Encoding)> ReadAsync(byte[] bytes) =>
        TextFile.ReadAsync(new MemoryStream(bytes), "'t.csv'", CancellationToken.None);

    private static byte[] Gzipped(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            packing.Write(bytes);
        }

        return packed.ToArray();
    }
}
