using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace MacroCausal.Data.Baselines;

/// <summary>
/// Gradient boosting of regression trees by LightGBM (Ke et al., 2017), through its C interface. Its package holds libraries for x64
/// processors; the one of Linux needs the system's <c>libgomp.so.1</c>.
/// </summary>
internal static partial class LightGbm
{
    private const string Library = "lib_lightgbm";
    private const int IsFloat32 = 0;
    private const int IsFloat64 = 1;

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Whether the library is there for this system.</summary>
    public static bool IsAvailable => Loaded.Value;

    /// <summary>Grows trees one after another, each on what those before it leave of the target.</summary>
    /// <param name="inputs">The inputs, row by row, [N, K].</param>
    /// <param name="target">The target, [N].</param>
    /// <param name="rounds">Number of trees; fewer where nothing is left to split.</param>
    /// <param name="parameters">LightGBM's parameters, <c>name=value</c> apart by blanks.</param>
    /// <param name="cancellationToken">Gives up, between two trees.</param>
    /// <exception cref="InvalidOperationException">LightGBM refuses them; with what it says.</exception>
    public static RegressionTree[] Grow(
        double[] inputs, float[] target, int rounds, string parameters, CancellationToken cancellationToken)
    {
        nint data = 0, booster = 0;
        try
        {
            var columns = inputs.Length / target.Length;
            Check(DatasetCreateFromMat(inputs, IsFloat64, target.Length, columns, isRowMajor: 1, parameters, 0, out data));
            Check(DatasetSetField(data, "label", target, target.Length, IsFloat32));
            Check(BoosterCreate(data, parameters, out booster));
            var isFinished = 0;
            for (var round = 0; round < rounds && isFinished == 0; round++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Check(BoosterUpdateOneIter(booster, out isFinished));
            }

            return Parse(Text(booster));
        }
        finally
        {
            if (booster != 0) _ = BoosterFree(booster);
            if (data != 0) _ = DatasetFree(data);
        }
    }

    /// <summary>The trees of a model in LightGBM's text format.</summary>
    internal static RegressionTree[] Parse(string model)
    {
        var trees = new List<RegressionTree>();
        Dictionary<string, string>? fields = null;
        foreach (var line in model.Split('\n'))
        {
            if (line.StartsWith("Tree=", StringComparison.Ordinal)) fields = [];
            var equals = line.IndexOf('=');
            if (fields is null) continue;
            if (equals > 0)
            {
                fields[line[..equals]] = line[(equals + 1)..];
            }
            else if (fields.Count > 0)
            {
                // An empty line ends a tree.
                trees.Add(Tree(fields));
                fields = null;
            }
        }

        return [.. trees];
    }

    private static RegressionTree Tree(Dictionary<string, string> fields)
    {
        T[] Numbers<T>(string name)
            where T : ISpanParsable<T> => fields.TryGetValue(name, out var text)
                ? [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(value => T.Parse(value, CultureInfo.InvariantCulture))]
                : [];
        return new RegressionTree(
            Numbers<int>("split_feature"), Numbers<double>("threshold"), Numbers<int>("left_child"), Numbers<int>("right_child"),
            Numbers<double>("leaf_value"));
    }

    private static string Text(nint booster)
    {
        var buffer = new byte[1 << 18];
        while (true)
        {
            Check(BoosterSaveModelToString(booster, 0, -1, 0, buffer.Length, out var length, buffer));
            if (length <= buffer.Length) return Encoding.UTF8.GetString(buffer, 0, (int)length - 1);
            buffer = new byte[length];
        }
    }

    private static void Check(int result)
    {
        if (result == 0) return;
        throw new InvalidOperationException($"LightGBM: {Marshal.PtrToStringUTF8(GetLastError())}");
    }

    // An image without a package manager carries libgomp beside the program; loaded first, it is the one that LightGBM finds.
    private static bool Load()
    {
        if (NativeLibrary.TryLoad(Library, typeof(LightGbm).Assembly, null, out _)) return true;
        return NativeLibrary.TryLoad(Path.Combine(AppContext.BaseDirectory, "libgomp.so.1"), out _)
            && NativeLibrary.TryLoad(Library, typeof(LightGbm).Assembly, null, out _);
    }

    [LibraryImport(Library, EntryPoint = "LGBM_GetLastError")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial nint GetLastError();

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetCreateFromMat", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int DatasetCreateFromMat(
        double[] data, int dataType, int rows, int columns, int isRowMajor, string parameters, nint reference, out nint dataset);

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetSetField", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int DatasetSetField(nint dataset, string field, float[] data, int elements, int dataType);

    [LibraryImport(Library, EntryPoint = "LGBM_DatasetFree")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int DatasetFree(nint dataset);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterCreate", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int BoosterCreate(nint dataset, string parameters, out nint booster);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterUpdateOneIter")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int BoosterUpdateOneIter(nint booster, out int isFinished);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterSaveModelToString")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int BoosterSaveModelToString(
        nint booster, int start, int count, int importance, long bufferLength, out long length, [Out] byte[] text);

    [LibraryImport(Library, EntryPoint = "LGBM_BoosterFree")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int BoosterFree(nint booster);
}
