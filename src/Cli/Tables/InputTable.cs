using MacroCausal.Data.Tables;

namespace MacroCausal.Cli.Tables;

/// <summary>A table that a person points at: .parquet or .csv.</summary>
internal static class InputTable
{
    private static readonly string[] TextEndings = [".csv", ".tsv", ".txt"];

    /// <summary>The table as a Parquet file to be put where the gold table would be; the sample where no path is given.</summary>
    public static async Task<Stream> OpenAsParquetAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is not null && IsParquet(path)) return Open(path);
        var table = path is null ? await QuarterlySample.ReadAsync(cancellationToken) : await ReadAsync(path, cancellationToken);
        return await ToParquetAsync(table, cancellationToken);
    }

    /// <summary>The table itself.</summary>
    public static async Task<Table> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = Open(path);
        try
        {
            return IsParquet(path)
                ? await ParquetTable.ReadAsync(file, $"'{path}'", cancellationToken)
                : await CsvTable.ReadAsync(file, $"'{path}'", cancellationToken);
        }
        catch (TableException exception)
        {
            throw new BadInputException(exception.Message);
        }
    }

    /// <summary>Refuses a path that <see cref="WriteAsync"/> could not write to, before there is anything to write.</summary>
    public static void CheckOutput(string path)
    {
        if (!IsParquet(path))
        {
            throw new BadInputException($"--out is '{path}', but predictions are written as Parquet; let its name end with .parquet.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new BadInputException($"There is no folder '{folder}' for --out '{path}'; make it first.");

        if (Directory.Exists(path)) throw new BadInputException($"--out '{path}' is a folder; name a file.");
    }

    /// <summary>Writes a table to a file that appears whole or not at all.</summary>
    public static async Task WriteAsync(Table table, string path, CancellationToken cancellationToken)
    {
        var draft = path + ".partial";
        try
        {
            await using (var file = File.Create(draft))
            {
                await ParquetTable.WriteAsync(table, file, cancellationToken);
            }

            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static async Task<Stream> ToParquetAsync(Table table, CancellationToken cancellationToken)
    {
        var parquet = new MemoryStream();
        await ParquetTable.WriteAsync(table, parquet, cancellationToken);
        parquet.Position = 0;
        return parquet;
    }

    private static FileStream Open(string path)
    {
        if (!IsParquet(path) && !IsText(path))
        {
            throw new BadInputException($"'{path}' is neither .parquet nor .csv, .tsv or .txt (or one of these with .gz); convert it.");
        }

        return File.Exists(path)
            ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
            : throw new BadInputException($"There is no file '{path}'; check --data.");
    }

    private static bool IsParquet(string path) => path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase);

    private static bool IsText(string path) => TextEndings.Contains(
        Path.GetExtension(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path), StringComparer.OrdinalIgnoreCase);
}
