using System.Globalization;
using System.IO.Compression;
using MacroCausal.Data.Tables;
using MacroCausal.DataPrep;
using ZstdSharp;

namespace MacroCausal.Cli.Tables;

/// <summary>A table that a person points at: .parquet, text such as .csv, or <c>-</c> for standard input.</summary>
internal static class InputTable
{
    /// <summary>Standard input or standard output.</summary>
    public const string StandardStream = "-";

    // Some 100 MB as Parquet.
    private const long MaxCellsInMemory = 12_000_000;

    /// <summary>The table as a Parquet file to be put where the gold table would be; the sample where no path is given.</summary>
    public static async Task<Stream> OpenAsParquetAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is not null && TablePath.IsParquet(path)) return Open(path);
        var table = path is null ? await QuarterlySample.ReadAsync(cancellationToken) : await ReadAsync(path, cancellationToken);
        return await ToParquetAsync(table, cancellationToken);
    }

    /// <summary>A table that has no place on this machine, as a Parquet file to be put where the gold table would be.</summary>
    /// <param name="content">Its bytes, which can be read twice.</param>
    /// <param name="name">Its name, which says its format.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="BadInputException">It is no table.</exception>
    public static async Task<Stream> OpenAsParquetAsync(Stream content, string name, CancellationToken cancellationToken)
    {
        CheckName(name);
        if (TablePath.IsParquet(name)) return content;
        await using (content)
        {
            try
            {
                return await ToParquetAsync(await CsvTable.ReadAsync(content, Quoted(name), cancellationToken), cancellationToken);
            }
            catch (TableException exception)
            {
                throw new BadInputException(exception.Message);
            }
        }
    }

    /// <summary>What people call the table, whoever reads of it later and from wherever.</summary>
    public static string Describe(string? path) => path switch
    {
        null => "the quarterly US figures that come with macrocausal",
        StandardStream => "standard input",
        _ => Path.GetFullPath(path),
    };

    /// <summary>What error messages call a path.</summary>
    public static string Quoted(string path) => path == StandardStream ? "standard input" : $"'{path}'";

    /// <summary>The table itself.</summary>
    public static async Task<Table> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var name = Quoted(path);
        await using var content = path == StandardStream ? await StandardInputAsync(cancellationToken) : Open(path);
        try
        {
            return TablePath.IsParquet(path) || (path == StandardStream && await BeginsAsParquetAsync(content, cancellationToken))
                ? await ParquetTable.ReadAsync(content, name, cancellationToken)
                : await CsvTable.ReadAsync(content, name, cancellationToken);
        }
        catch (TableException exception)
        {
            throw new BadInputException(exception.Message);
        }
    }

    // A table that is large goes to a temporary file, which goes when it is closed.
    private static async Task<Stream> ToParquetAsync(Table table, CancellationToken cancellationToken)
    {
        var parquet = (long)table.Rows * table.Columns.Count <= MaxCellsInMemory ? new MemoryStream() : new TemporaryFile().Open();
        await ParquetTable.WriteAsync(table, parquet, cancellationToken);
        parquet.Position = 0;
        return parquet;
    }

    /// <summary>Refuses a name whose ending is that of no table.</summary>
    public static void CheckName(string path)
    {
        if (!TablePath.IsParquet(path) && !TablePath.IsText(path))
        {
            throw new BadInputException(
                $"'{path}' is neither .parquet nor .csv, .tsv or .txt (or one of these with .gz or .zst); convert it.");
        }
    }

    private static FileStream Open(string path)
    {
        CheckName(path);
        return File.Exists(path)
            ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
            : throw new BadInputException($"There is no file '{path}'; check its name.");
    }

    // To its end: Parquet has its schema there.
    private static async Task<Stream> StandardInputAsync(CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        var content = new MemoryStream();
        await input.CopyToAsync(content, cancellationToken);
        content.Position = 0;
        return content;
    }

    private static async Task<bool> BeginsAsParquetAsync(Stream content, CancellationToken cancellationToken)
    {
        var first = new byte[4];
        var read = await content.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken);
        content.Position = 0;
        return read == first.Length && first.AsSpan().SequenceEqual("PAR1"u8);
    }
}

/// <summary>A table that a command writes: .parquet, text such as .csv, or <c>-</c> for CSV on standard output.</summary>
internal static class OutputTable
{
    /// <summary>Refuses a path that <see cref="WriteAsync"/> could not write to, before there is anything to write.</summary>
    public static void Check(string path)
    {
        if (path == InputTable.StandardStream) return;

        if (!TablePath.IsParquet(path) && !TablePath.IsText(path))
        {
            throw new BadInputException(
                $"--out is '{path}'; let its name end with .parquet, .csv, .tsv or .txt (these three also with .gz or .zst), "
                + "or give - for CSV on standard output.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new BadInputException($"There is no folder '{folder}' for --out '{path}'; make it first.");

        if (Directory.Exists(path)) throw new BadInputException($"--out '{path}' is a folder; name a file.");
    }

    /// <summary>Writes a table to standard output, or to a file that appears whole or not at all.</summary>
    public static async Task WriteAsync(Table table, string path, TextWriter standardOutput, CancellationToken cancellationToken)
    {
        if (path == InputTable.StandardStream)
        {
            CsvText.Write(table, standardOutput, ',', cancellationToken);
            return;
        }

        var draft = path + ".partial";
        try
        {
            await using (var file = File.Create(draft))
            {
                await WriteAsync(table, path, file, cancellationToken);
            }

            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static async Task WriteAsync(Table table, string path, Stream file, CancellationToken cancellationToken)
    {
        if (TablePath.IsParquet(path))
        {
            await ParquetTable.WriteAsync(table, file, cancellationToken);
            return;
        }

        await using var packed = TablePath.Packing(path) switch
        {
            TablePath.Gzip => new GZipStream(file, CompressionLevel.Optimal),
            TablePath.Zstandard => new CompressionStream(file),
            _ => file,
        };
        await using var text = new StreamWriter(packed) { NewLine = "\n" };
        CsvText.Write(table, text, TablePath.Extension(path) == ".csv" ? ',' : '\t', cancellationToken);
    }
}

/// <summary>What the ending of a path says of a table.</summary>
internal static class TablePath
{
    public const string Gzip = ".gz";
    public const string Zstandard = ".zst";

    private static readonly string[] TextEndings = [".csv", ".tsv", ".txt"];

    public static bool IsParquet(string path) => path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase);

    public static bool IsText(string path) => TextEndings.Contains(Extension(path));

    /// <summary>The ending that says how a text is packed, in lower case; empty where it is not.</summary>
    public static string Packing(string path) => Path.GetExtension(path).ToLowerInvariant() is var ending && ending is Gzip or Zstandard
        ? ending
        : "";

    /// <summary>The ending before <see cref="Packing"/>, in lower case.</summary>
    public static string Extension(string path) => Path.GetExtension(path[..^Packing(path).Length]).ToLowerInvariant();
}

/// <summary>A table as text: a header line, a missing cell empty, numbers so that they read back as they were.</summary>
internal static class CsvText
{
    public static void Write(Table table, TextWriter output, char separator, CancellationToken cancellationToken)
    {
        output.WriteLine(string.Join(separator, table.Columns.Select(column => Quoted(column.Name, separator))));
        var cells = table.Columns.Select(Cells).ToList();
        for (var row = 0; row < table.Rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            output.WriteLine(string.Join(separator, cells.Select(cell => Quoted(cell(row) ?? "", separator))));
        }
    }

    private static Func<int, string?> Cells(Column column)
    {
        if (column is not DateColumn dates) return row => Cell(column, row);

        var format = dates.Values.All(date => date is not { } at || at.UtcDateTime.TimeOfDay == TimeSpan.Zero)
            ? "yyyy-MM-dd"
            : "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ";
        return row => dates.Values[row]?.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string? Cell(Column column, int row) => column.IsMissing(row) ? null : column switch
    {
        NumberColumn numbers => numbers.Values[row].ToString("R", CultureInfo.InvariantCulture),
        BooleanColumn booleans => booleans.Values[row] is true ? "true" : "false",
        TextColumn texts => texts.Values[row],
        _ => null,
    };

    private static string Quoted(string cell, char separator) =>
        cell.Contains(separator, StringComparison.Ordinal) || cell.AsSpan().IndexOfAny("\"\r\n") >= 0
            ? '"' + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + '"'
            : cell;
}
