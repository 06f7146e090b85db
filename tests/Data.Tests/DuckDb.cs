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

    /// <summary>Rows of a query over Parquet, which it calls <c>t</c>; first the columns' names, then their types, then the cells.</summary>
    public static async Task<(string[] Names, Type[] Types, List<object?[]> Rows)> ReadAsync(byte[] parquet, string query = "SELECT * FROM t")
    {
        using var file = new TemporaryFile();
        await File.WriteAllBytesAsync(file.Path, parquet);
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"WITH t AS (FROM read_parquet('{file.Path}')) {query}";
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        return ([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)], [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetFieldType)], rows);
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
