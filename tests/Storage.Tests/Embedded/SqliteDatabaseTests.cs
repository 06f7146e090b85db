using MacroCausal.Storage.Embedded;
using MacroCausal.TestKit.Stores;
using Microsoft.Data.Sqlite;

namespace MacroCausal.Storage.Tests.Embedded;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string File => _directory.Combine("macrocausal.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_is_written_is_there_after_the_file_is_opened_again()
    {
        using (var database = SqliteDatabase.Open(File))
        {
            await new SqliteStudyStore(database).TryAddStudyAsync(Records.Study());
        }

        using var again = SqliteDatabase.Open(File);
        (await new SqliteStudyStore(again).FindStudyAsync(Records.Arn)).ShouldBe(Records.Study());
    }

    [Fact]
    public async Task A_file_can_be_opened_and_read_while_another_process_stands_still_in_the_middle_of_a_write()
    {
        using (var database = SqliteDatabase.Open(File))
        {
            await new SqliteStudyStore(database).TryAddStudyAsync(Records.Study());
        }

        using var other = new SqliteConnection($"Data Source={File};Pooling=False");
        other.Open();
        using var write = other.BeginTransaction(deferred: false);

        using var again = SqliteDatabase.Open(File);
        (await new SqliteStudyStore(again).FindStudyAsync(Records.Arn)).ShouldBe(Records.Study());
    }

    [Fact]
    public async Task A_file_is_deleted_only_where_it_is_empty_and_nobody_has_it_open()
    {
        using (var database = SqliteDatabase.Open(File))
        {
            SqliteDatabase.TryDeleteEmpty(File).ShouldBeFalse();
            (await new SqliteStudyStore(database).TryAddStudyAsync(Records.Study())).ShouldBeTrue();
        }

        SqliteDatabase.TryDeleteEmpty(File).ShouldBeFalse();
        using (var database = SqliteDatabase.Open(File))
        {
            var studies = new SqliteStudyStore(database);
            (await studies.FindStudyAsync(Records.Arn)).ShouldBe(Records.Study());
            (await studies.TryRemoveStudyAsync(Records.Study(version: 1))).ShouldBeFalse();
            (await studies.TryRemoveStudyAsync(Records.Study())).ShouldBeTrue();
        }

        SqliteDatabase.TryDeleteEmpty(File).ShouldBeTrue();
        Directory.EnumerateFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_who_have_the_file_open_agree_who_was_first()
    {
        using var one = SqliteDatabase.Open(File);
        using var two = SqliteDatabase.Open(File);
        SqliteStudyStore[] stores = [new(one), new(two)];

        for (var trial = 0; trial < 200; trial++)
        {
            var number = trial;
            (await Race.RunAsync(4, adder => stores[adder % 2].TryAddTrialAsync(Records.Trial(number)))).Count(won => won).ShouldBe(1);
            (await Race.RunAsync(4, adder => stores[adder % 2].TryReplaceTrialAsync(Records.Trial(number, version: 1)))).Count(won => won)
                .ShouldBe(1);
        }

        (await stores[0].ListTrialsAsync(Records.Arn).CountAsync()).ShouldBe(200);
    }

    [Fact]
    public async Task Many_may_open_a_new_file_at_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var path = _directory.Combine($"{round}.db");
            foreach (var database in await Race.RunAsync(8, _ => Task.FromResult(SqliteDatabase.Open(path))))
            {
                database.Dispose();
            }
        }
    }

    [Fact]
    public void A_file_that_is_no_database_is_named_with_the_remedy()
    {
        System.IO.File.WriteAllText(File, new string('x', 8192));

        Should.Throw<StoreException>(() => SqliteDatabase.Open(File)).Message
            .ShouldStartWith($"'{File}' is damaged or is not a SQLite database");
    }

    [Fact]
    public async Task A_damaged_page_is_a_clear_refusal()
    {
        using (var database = SqliteDatabase.Open(File))
        {
            await FillAsync(new SqliteStudyStore(database));
        }

        var bytes = await System.IO.File.ReadAllBytesAsync(File);
        Array.Fill(bytes, (byte)0xEE, 4096, bytes.Length - 4096);
        await System.IO.File.WriteAllBytesAsync(File, bytes);

        var failure = await Should.ThrowAsync<StoreException>(async () =>
        {
            using var database = SqliteDatabase.Open(File);
            await new SqliteStudyStore(database).ListTrialsAsync(Records.Arn).ToListAsync();
        });
        failure.Message.ShouldContain(File);
        failure.Message.ShouldContain("damaged");
    }

    [Fact]
    public void A_newer_schema_is_refused()
    {
        SqliteDatabase.Open(File).Dispose();
        Run("PRAGMA user_version = 7");

        Should.Throw<StoreException>(() => SqliteDatabase.Open(File)).Message
            .ShouldStartWith($"'{File}' has schema version 7, and this MacroCausal knows version 1");
    }

    [Fact]
    public async Task A_file_from_before_other_metrics_were_kept_opens_with_its_epochs_and_takes_them()
    {
        using (var database = SqliteDatabase.Open(File))
        {
            await new SqliteStudyStore(database).TryAddEpochAsync(Records.Epoch(0, 1));
        }

        Run("ALTER TABLE epochs DROP COLUMN metrics");
        var epoch = Records.Epoch(0, 2) with { Metrics = Records.Epoch(0, 2).Metrics.With("other", 0.5) };
        using var again = SqliteDatabase.Open(File);
        var store = new SqliteStudyStore(again);

        (await store.TryAddEpochAsync(epoch)).ShouldBeTrue();
        (await store.ListEpochsAsync(Records.Arn).ToListAsync()).ShouldBe([Records.Epoch(0, 1), epoch]);
        Run("PRAGMA user_version").ShouldBe(1L);
    }

    [Fact]
    public async Task A_file_from_before_reissues_heartbeats_and_looks_were_kept_opens_with_its_trials_and_takes_them()
    {
        using (var database = SqliteDatabase.Open(File))
        {
            await new SqliteStudyStore(database).TryAddTrialAsync(Records.Trial(0));
        }

        Run("ALTER TABLE trials DROP COLUMN reissues");
        Run("DROP TABLE heartbeats");
        Run("DROP TABLE looks");
        using var again = SqliteDatabase.Open(File);
        var store = new SqliteStudyStore(again);

        (await store.FindTrialAsync(Records.Arn, 0)).ShouldHold(Records.Trial(0) with { Reissues = 0 });
        (await store.TryReplaceTrialAsync(Records.Trial(0, version: 1))).ShouldBeTrue();
        await store.PutHeartbeatAsync(new HeartbeatRecord(Records.Arn, 0, Records.Start));
        (await store.FindHeartbeatAsync(Records.Arn, 0)).ShouldNotBeNull();
        (await store.TryAddLookAsync(new LookRecord(Records.Arn, Records.Start))).ShouldBeTrue();
    }

    [Fact]
    public void The_database_of_another_program_is_left_alone()
    {
        Run("CREATE TABLE songs (title TEXT)");

        Should.Throw<StoreException>(() => SqliteDatabase.Open(File)).Message.ShouldContain("of another program");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_clear_refusal() =>
        Should.Throw<StoreException>(() => SqliteDatabase.Open(_directory.Combine("nowhere", "macrocausal.db"))).Message
            .ShouldContain("cannot be opened");

    [Fact]
    public void The_file_is_in_write_ahead_mode_so_that_readers_keep_nobody_waiting()
    {
        using var database = SqliteDatabase.Open(File);

        Run("PRAGMA journal_mode").ShouldBe("wal");
    }

    private static async Task FillAsync(SqliteStudyStore store)
    {
        for (var trial = 0; trial < 200; trial++)
        {
            await store.TryAddTrialAsync(Records.Trial(trial));
        }
    }

    private object? Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
