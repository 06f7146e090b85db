using DuckDB.NET.Data;

namespace MacroCausal.Data.Tests;

/// <summary>DuckDB, a second opinion on Parquet: what it writes we must read, what we write it must read.</summary>
internal static class DuckDb
{
    /// <summary>Parquet of a query's rows.</summary>
    public static async Task<byte[]> ParquetAsync(string query, string options = "")
    {
        using var file = new TemporaryFile();
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"COPY ({query}) TO '{file.Path}' (FORMAT parquet{options})";
        command.ExecuteNonQuery();
        return await File.ReadAllBytesAsync(file.Path);
    }

    /// <summary>The columns' names and types, and all cells.</summary>
    public static Task<(string[] Names, Type[] Types, List<object?[]> Rows)> ReadAsync(byte[] parquet) =>
        QueryAsync(parquet, "*", "read_parquet");

    /// <summary>What the file says of its column chunks.</summary>
    public static Task<(string[] Names, Type[] Types, List<object?[]> Rows)> ReadMetadataAsync(byte[] parquet, string columns) =>
        QueryAsync(parquet, columns, "parquet_metadata");

    private static async Task<(string[] Names, Type[] Types, List<object?[]> Rows)> QueryAsync(
        byte[] parquet, string columns, string function)
    {
        using var file = new TemporaryFile();
        await File.WriteAllBytesAsync(file.Path, parquet);
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {columns} FROM {function}('{file.Path}')";
        using var reader = command.ExecuteReader();
        var fields = Enumerable.Range(0, reader.FieldCount).ToArray();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            rows.Add(Array.ConvertAll(fields, i => reader.IsDBNull(i) ? null : reader.GetValue(i)));
        }

        return (Array.ConvertAll(fields, reader.GetName), Array.ConvertAll(fields, reader.GetFieldType), rows);
    }

    private static DuckDBConnection Open()
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        return connection;
    }

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"macrocausal-{Guid.NewGuid():N}.parquet");

        public void Dispose() => File.Delete(Path);
    }
}
