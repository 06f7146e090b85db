using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an ELF shared library and marks its need of one symbol version as weak, so that the dynamic loader accepts a system without that
/// version. A library without such a need is copied as it is. Layout:
/// https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html
/// </summary>
public class MarkVersionNeedWeak : Task
{
    private const int VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2; // VER_FLG_WEAK

    [Required]
    public string Library { get; set; }

    [Required]
    public string Version { get; set; }

    [Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        var image = File.ReadAllBytes(Library);
        if (!IsLittleEndian64BitElf(image))
        {
            Log.LogError("{0} is not a little-endian 64-bit ELF file; restore the TorchSharp package again.", Library);
            return false;
        }

        var marked = Mark(image);
        Log.LogMessage(MessageImportance.Normal, "{0}: {1} need(s) of {2} marked weak.", Destination, marked, Version);

        // Written beside and moved: what lies there may be a link into the NuGet folder, which must not be written through.
        var beside = Destination + ".new";
        File.Delete(beside);
        File.WriteAllBytes(beside, image);
        File.Delete(Destination);
        File.Move(beside, Destination);
        return true;
    }

    private static bool IsLittleEndian64BitElf(byte[] image) =>
        image.Length > 64 && image[0] == 0x7f && image[1] == 'E' && image[2] == 'L' && image[3] == 'F' && image[4] == 2 && image[5] == 1;

    private int Mark(byte[] image)
    {
        var sections = BitConverter.ToInt64(image, 40); // e_shoff
        int size = BitConverter.ToUInt16(image, 58), count = BitConverter.ToUInt16(image, 60); // e_shentsize, e_shnum
        var marked = 0;
        for (var index = 0; index < count; index++)
        {
            var section = (int)sections + index * size;
            if (BitConverter.ToInt32(image, section + 4) == VersionNeeds)
            {
                var names = (int)sections + BitConverter.ToInt32(image, section + 40) * size; // sh_link: the section of the names
                marked += MarkSection(image, Offset(image, section), Offset(image, names));
            }
        }

        return marked;
    }

    private int MarkSection(byte[] image, int files, int names)
    {
        var marked = 0;
        for (int file = files, next = -1; next != 0; file += next)
        {
            next = BitConverter.ToInt32(image, file + 12); // vn_next
            for (int need = file + BitConverter.ToInt32(image, file + 8), step = -1; step != 0; need += step) // vn_aux
            {
                step = BitConverter.ToInt32(image, need + 12); // vna_next
                if (Name(image, names + BitConverter.ToInt32(image, need + 8)) == Version) // vna_name
                {
                    image[need + 4] |= (byte)Weak; // vna_flags
                    marked++;
                }
            }
        }

        return marked;
    }

    private static int Offset(byte[] image, int section) => (int)BitConverter.ToInt64(image, section + 24); // sh_offset

    private static string Name(byte[] image, int start) =>
        Encoding.ASCII.GetString(image, start, Array.IndexOf(image, (byte)0, start) - start);
}
