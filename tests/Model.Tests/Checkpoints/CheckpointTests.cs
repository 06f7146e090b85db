using System.Text;
using System.Text.RegularExpressions;
using MacroCausal.Model.Checkpoints;
using MacroCausal.Model.Tests.Training;
using MacroCausal.Model.Training;

namespace MacroCausal.Model.Tests.Checkpoints;

public sealed class CheckpointTests
{
    private static readonly byte[] Whole = Trained();

    [Fact]
    public void What_is_read_is_what_was_written()
    {
        var read = Checkpoint.Read(new MemoryStream(Whole));
        using var again = new MemoryStream();
        read.Write(again);

        again.ToArray().ShouldBe(Whole);
        read.Options.ShouldBe(SyntheticRows.Options());
        read.Epoch.ShouldBe(2);
        read.History.Epochs.Count.ShouldBe(2);
        read.EndedEarly.ShouldBeFalse();
    }

    [Fact]
    public void A_checkpoint_of_an_older_version_does_not_say_its_engines_and_is_read()
    {
        var file = SafetensorsFile.Read(new MemoryStream(Whole));
        var older = file.Metadata.Where(entry => entry.Key != "engines").ToDictionary();
        older.Count.ShouldBe(file.Metadata.Count - 1);
        using var written = new MemoryStream();
        new SafetensorsFile(older, file.Tensors).Write(written);
        written.Position = 0;

        var read = Checkpoint.Read(written);

        read.Engines.ShouldBeEmpty();
        read.History.Epochs.ShouldBe(Checkpoint.Read(new MemoryStream(Whole)).History.Epochs);
        Checkpoint.Read(new MemoryStream(Whole)).Engines.ShouldBe([TrainingEngine.Cpu]);
    }

    [Fact]
    public void A_checkpoint_cut_short_anywhere_is_refused()
    {
        for (var length = 0; length < Whole.Length; length += 1 + length / 50)
        {
            Should.Throw<ModelFileException>(() => Checkpoint.Read(new MemoryStream(Whole, 0, length)));
        }
    }

    [Fact]
    public void A_checkpoint_with_bytes_behind_it_is_refused() =>
        Should.Throw<ModelFileException>(() => Checkpoint.Read(new MemoryStream([.. Whole, 0, 0, 0, 0])));

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x15)]
    public void A_byte_that_changes_in_the_header_is_refused_or_changes_what_is_read(int change)
    {
        var headerLength = (int)BitConverter.ToInt64(Whole, 0);
        var refused = 0;
        for (var index = 0; index < 8 + headerLength; index++)
        {
            var broken = Whole.ToArray();
            broken[index] ^= (byte)change;
            if (Refuses(broken))
            {
                refused++;
            }
            else
            {
                Rewritten(broken).SequenceEqual(Whole).ShouldBe(FollowsFromTheHistory(index), $"byte {index}");
            }
        }

        refused.ShouldBeGreaterThan(headerLength / 2);
    }

    [Fact]
    public void A_byte_that_changes_in_the_tensors_is_read_as_it_stands()
    {
        var tensors = Whole.Length - 8 - (int)BitConverter.ToInt64(Whole, 0);
        for (var index = Whole.Length - tensors; index < Whole.Length; index += 97)
        {
            var broken = Whole.ToArray();
            broken[index] ^= 0x15;

            Rewritten(broken).TakeLast(tensors).SequenceEqual(broken.TakeLast(tensors)).ShouldBeTrue($"byte {index}");
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", "does not lie")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "does not lie")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "fewer than")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}""", "not a safetensors header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "not a safetensors header")]
    [InlineData("""{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", "only F32 and F64")]
    [InlineData(
        """{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F64","shape":[0],"data_offsets":[8,8]}}""",
        "not a safetensors header")]
    [InlineData("""[]""", "not a safetensors header")]
    [InlineData("""{"a":""", "not a safetensors header")]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", "format")]
    public void A_header_that_lies_is_refused_with_its_reason(string header, string reason)
    {
        var text = Encoding.UTF8.GetBytes(header);

        Should.Throw<ModelFileException>(
            () => Checkpoint.Read(new MemoryStream([.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[8]])))
            .Message.ShouldContain(reason);
    }

    [Fact]
    public void A_header_longer_than_the_file_is_refused_without_reading_it() =>
        Should.Throw<ModelFileException>(
            () => Checkpoint.Read(new MemoryStream([.. BitConverter.GetBytes(ulong.MaxValue), 1, 2, 3]))).Message.ShouldContain("claims");

    // Written for readers only; what is read is computed anew.
    private static bool FollowsFromTheHistory(int index) =>
        Regex.Matches(
            Encoding.Latin1.GetString(Whole, 8, (int)BitConverter.ToInt64(Whole, 0)), "\"(best_epoch|best_loss|ended_early)\":\"[^\"]*\"")
            .Any(match => index - 8 >= match.Index && index - 8 < match.Index + match.Length);

    // The only exception that a damaged file may cause.
    private static bool Refuses(byte[] file)
    {
        try
        {
            Checkpoint.Read(new MemoryStream(file));
            return false;
        }
        catch (ModelFileException)
        {
            return true;
        }
    }

    private static byte[] Rewritten(byte[] file)
    {
        using var stream = new MemoryStream();
        Checkpoint.Read(new MemoryStream(file)).Write(stream);
        return stream.ToArray();
    }

    private static byte[] Trained()
    {
        using var trial = new SingleTrial(SyntheticRows.Create(40), SyntheticRows.Create(10), SyntheticRows.Options());
        trial.RunEpoch();
        trial.RunEpoch();
        using var stream = new MemoryStream();
        trial.Capture().Write(stream);
        return stream.ToArray();
    }
}
