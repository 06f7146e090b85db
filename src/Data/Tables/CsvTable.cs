using System.Globalization;
using CsvHelper;
using static System.FormattableString;

namespace MacroCausal.Data.Tables;

/// <summary>
/// Tables as CSV: a header line, cells apart by commas, semicolons, tabs or bars; encodings and packing as <see cref="TextFile"/> has them.
/// While it is read its cells are kept as short texts, some 5 bytes more than their letters.
/// The types of the columns are inferred from their cells: numbers in the <see cref="NumberStyle"/> of the file, booleans, dates in one
/// <see cref="DateFormat"/> throughout, else text.
/// </summary>
public static class CsvTable
{
    private static CsvReaderOptions Options(bool hasComments) => new()
    {
        HasHeader = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        TrackLineNumbers = true,
        CommentPrefix = hasComments ? '#' : null,
    };

    /// <summary>Reads a table. <paramref name="name"/> is what error messages call it.</summary>
    /// <exception cref="TableException">
    /// It is empty, is no CSV, has a row of another length, or a header that repeats or lacks a name.
    /// </exception>
    public static async Task<Table> ReadAsync(Stream stream, string name, CancellationToken cancellationToken = default)
    {
        var file = await TextFile.OpenAsync(stream, name, cancellationToken);
        var hasComments = file.HasHash && CsvComments.Are(file);
        using var text = file.HasHash ? CsvComments.WithHeader(file) : file.Read();
        await using var reader = CsvReader.Create(text, Options(hasComments));
        try
        {
            return await ReadAsync(reader, name, cancellationToken);
        }
        catch (CsvFormatException exception)
        {
            throw new TableException(
                $"{name} is not a CSV file ({exception.Message.TrimEnd('.')}); "
                + "write it again with a header line, quotes doubled within quotes.",
                exception);
        }
    }

    private static async Task<Table> ReadAsync(CsvReader reader, string name, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken)) throw new TableException($"{name} is empty; give it a header line and rows.");
        var header = CheckHeader(reader.Current.ToArray(), name);
        var cells = Array.ConvertAll(header, _ => new CellTexts());
        while (await reader.ReadAsync(cancellationToken))
        {
            AddRow(cells, reader, name);
        }

        var style = NumberStyle.Of(cells.SelectMany(column => column));
        var warnings = new List<string>();
        var columns = new List<Column>();
        foreach (var (index, title) in header.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            columns.Add(CsvColumn.Infer(title, cells[index], style, warnings));
            cells[index] = new CellTexts();
        }

        var dated = DateParts.WithDate(columns, warnings);
        return new Table(dated, name) { Warnings = warnings };
    }

    private static string[] CheckHeader(string[] header, string name)
    {
        if (header.Any(title => title.Contains('\0', StringComparison.Ordinal)))
        {
            throw new TableException($"{name} is not a CSV file but binary; name a file whose first line holds the columns' names.");
        }

        var unnamed = Array.FindIndex(header, string.IsNullOrWhiteSpace);
        if (unnamed >= 0)
        {
            throw new TableException($"{name} has no name for column {unnamed + 1} in its header; name it (pandas: to_csv(index=False)).");
        }

        ColumnNames.ThrowIfRepeated(header, name);
        return header;
    }

    private static void AddRow(CellTexts[] cells, CsvReader reader, string name)
    {
        if (reader.FieldCount != cells.Length)
        {
            throw new TableException(
                $"{name} has {reader.FieldCount} cells in line {reader.LineNumber} but {cells.Length} columns in its header; "
                + "quote cells that hold the separator.");
        }

        for (var i = 0; i < cells.Length; i++)
        {
            cells[i].Add(reader.GetString(i));
        }
    }
}

/// <summary>
/// Lines that begin with <c>#</c> and hold no cells. A header may be among them: the last one before the first row, where it has as many
/// cells as that, and numbers only the row has.
/// </summary>
internal static class CsvComments
{
    private static readonly char[] Separators = [',', ';', '\t', '|'];

    /// <summary>Whether lines that begin with <c>#</c> are comments: unless one is the missing cell <c>#N/A</c>.</summary>
    public static bool Are(TextFile file)
    {
        using var text = file.Read();
        while (text.ReadLine() is { } line)
        {
            if (line.StartsWith("#N", StringComparison.Ordinal)) return false;
        }

        return true;
    }

    /// <summary>The text, its header without the <c>#</c> before it.</summary>
    public static TextReader WithHeader(TextFile file)
    {
        var text = file.Read();
        var comments = new List<string>();
        var row = text.ReadLine();
        for (; row is ['#', ..]; row = text.ReadLine())
        {
            comments.Add(row);
        }

        if (comments.Count == 0 || row is null) return file.Read();
        var separator = Separators.MaxBy(mark => row.Count(mark.Equals));
        var names = comments[^1].TrimStart('#', ' ');
        var isHeader = row.Contains(separator) && row.Count(separator.Equals) == names.Count(separator.Equals)
            && row.Split(separator).Any(IsNumber) && !names.Split(separator).Any(IsNumber);
        return isHeader
            ? new JoinedReader(string.Join('\n', [.. comments.SkipLast(1), names, row, ""]), text)
            : file.Read();
    }

    private static bool IsNumber(string cell) => NumberStyle.Point.Parse(cell) is not null || NumberStyle.Comma.Parse(cell) is not null;

    /// <summary>A text, then what is left of another.</summary>
    private sealed class JoinedReader(string first, TextReader rest) : TextReader
    {
        private int _position;

        public override int Peek() => _position < first.Length ? first[_position] : rest.Peek();

        public override int Read() => _position < first.Length ? first[_position++] : rest.Read();

        public override int Read(Span<char> buffer)
        {
            var count = Math.Min(buffer.Length, first.Length - _position);
            if (count == 0) return rest.Read(buffer);
            first.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

        public override ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span));

        public override Task<int> ReadAsync(char[] buffer, int index, int count) => Task.FromResult(Read(buffer, index, count));

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                rest.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

/// <summary>What the cells of a CSV column are: numbers, booleans, dates or, failing that, text.</summary>
internal static class CsvColumn
{
    // Of the cells with a value: as many texts as this among numbers are slips of the pen.
    private const double MaxStrayShare = 0.01;

    public static Column Infer(string name, CellTexts cells, NumberStyle fileStyle, List<string> warnings)
    {
        foreach (var style in new[] { fileStyle, NumberStyle.Point, NumberStyle.Comma }.Distinct())
        {
            if (cells.TrueForAll(cell => NumberStyle.IsMissing(cell) || style.Parse(cell) is not null)) return Numbers(name, cells, style);
        }

        if (cells.TrueForAll(cell => NumberStyle.IsMissing(cell) || bool.TryParse(cell, out _)))
        {
            return new BooleanColumn(name, [.. cells.Select(cell => NumberStyle.IsMissing(cell) ? (bool?)null : bool.Parse(cell))]);
        }

        // Where day and month cannot be told apart the cells stay text: who splits by date must ask, not guess.
        if (DateFormat.FormatsOf(cells.Where(cell => !NumberStyle.IsMissing(cell))) is [var format])
        {
            return new DateColumn(name, [.. cells.Select(cell => NumberStyle.IsMissing(cell) ? null : format.Parse(cell.Trim()))]);
        }

        if (MostlyNumbers(name, cells, fileStyle, warnings) is { } numbers) return numbers;
        var shared = new Dictionary<string, string>(StringComparer.Ordinal);
        return new TextColumn(name, [.. cells.Select(cell => NumberStyle.IsMissing(cell) ? null : Share(cell, shared))]);
    }

    private static NumberColumn? MostlyNumbers(string name, CellTexts cells, NumberStyle style, List<string> warnings)
    {
        var present = cells.Count(cell => !NumberStyle.IsMissing(cell));
        List<int> stray = [.. Enumerable.Range(0, cells.Count)
            .Where(row => !NumberStyle.IsMissing(cells[row]) && style.Parse(cells[row]) is null)];
        if (stray.Count >= MaxStrayShare * present) return null;
        warnings.Add(PrintableText.Of(
            Invariant($"'{name}' holds numbers but for {stray.Count} of {present} cells, such as '{cells[stray[0]]}' in row ") +
            Invariant($"{stray[0] + 1}: taken as missing. Correct the file if that is wrong.")));
        var strays = stray.ToHashSet();
        return Numbers(name, cells, style, strays);
    }

    // Cells that are strays are missing.
    private static NumberColumn Numbers(string name, CellTexts cells, NumberStyle style, HashSet<int>? strays = null)
    {
        var values = new double[cells.Count];
        var (isInteger, isEmpty) = (true, true);
        for (var row = 0; row < values.Length; row++)
        {
            var cell = strays?.Contains(row) == true ? "" : cells[row];
            if (NumberStyle.IsMissing(cell))
            {
                values[row] = double.NaN;
                continue;
            }

            isEmpty = false;
            values[row] = style.Parse(cell)!.Value;
            isInteger = isInteger && long.TryParse(cell, NumberStyles.Integer, CultureInfo.InvariantCulture, out _);
        }

        return new NumberColumn(name, values, isInteger && !isEmpty);
    }

    private static string Share(string cell, Dictionary<string, string> shared)
    {
        shared.TryAdd(cell, cell);
        return shared[cell];
    }
}
