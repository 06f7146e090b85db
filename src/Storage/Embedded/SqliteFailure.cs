using Microsoft.Data.Sqlite;

namespace MacroCausal.Storage.Embedded;

/// <summary>Turns what SQLite says into one sentence that names the file and the remedy.</summary>
internal static class SqliteFailure
{
    // https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    public static StoreException Explain(string path, SqliteException failure) => new($"'{path}' {Reason(failure)}.", failure);

    private static string Reason(SqliteException failure) => failure.SqliteErrorCode switch
    {
        NotADatabase or Corrupt => "is damaged or is not a SQLite database; restore it from a copy, or move it away together with its -wal and -shm files to start afresh",
        Full => "could not be written: the disk is full; free some space and try again",
        ReadOnly => "cannot be written: give this user the right to write the file and its folder",
        CannotOpen => "cannot be opened: the folder is missing or access is denied; give this user the right to read and write the file and its folder",
        Busy or Locked => "is kept locked by another process; wait for it or end it, and try again",
        InputOutput => $"could not be read or written ({failure.Message.TrimEnd('.')}); check the disk, and do not keep it on a network share",
        _ => $"refused a command ({failure.Message.TrimEnd('.')}); if it was changed by hand, restore it from a copy",
    };
}
