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
    public async Task A_file_packed_with_Zstandard_is_unpacked() =>
        (await ReadAsync(Packed(Encoding.UTF8.GetBytes(Text)))).ShouldBe((Text, "utf-8"));

    [Theory]
    [InlineData(6)]
    [InlineData(1)]
    public async Task A_Zstandard_file_that_is_cut_off_is_refused(int bytes) =>
        (await Should.ThrowAsync<TableException>(ReadAsync(Packed(Encoding.UTF8.GetBytes(Text))[..^bytes]))).Message
            .ShouldStartWith("'t.csv' is a damaged Zstandard file (");

    [Fact]
    public async Task A_Zstandard_file_that_was_changed_is_refused()
    {
        var packed = Packed(Encoding.UTF8.GetBytes(Text));
        packed[5] ^= 0xff;
        (await Should.ThrowAsync<TableException>(ReadAsync(packed))).Message.ShouldStartWith("'t.csv' is a damaged Zstandard file (");
    }

    [Fact]
    public async Task A_long_text_is_read_whole_in_whatever_encoding_and_packing()
    {
        // Longer than a block, with a letter of two bytes across its end.
        var text = string.Concat(Enumerable.Repeat("größe;1\n", 30_001));
        var utf8 = Encoding.UTF8.GetBytes(text);
        (await ReadAsync(utf8)).ShouldBe((text, "utf-8"));
        (await ReadAsync(Gzipped(utf8))).ShouldBe((text, "utf-8"));
        (await ReadAsync(Packed(utf8))).ShouldBe((text, "utf-8"));
        (await ReadAsync(Encoding.Latin1.GetBytes(text))).ShouldBe((text, "iso-8859-1"));
        (await ReadAsync([.. Gzipped(utf8), .. Gzipped(utf8)])).ShouldBe((text + text, "utf-8"));
    }

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

    private static async Task<(string Text, string Encoding)> ReadAsync(byte[] bytes)
    {
        var file = await TextFile.OpenAsync(new MemoryStream(bytes), "'t.csv'", CancellationToken.None);
        using var text = file.Read();
        return (await text.ReadToEndAsync(), file.Encoding.WebName);
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packing = new ZstdSharp.Compressor();
        return packing.Wrap(bytes).ToArray();
    }

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
