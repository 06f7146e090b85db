using System.Globalization;
using System.Text;

namespace MacroCausal.Cli;

/// <summary>
/// A standard stream that may be full or closed. What cannot be written is dropped and the first error is kept, so that a study does not
/// end because nobody can read of it.
/// </summary>
internal sealed class GuardedWriter : TextWriter
{
    private readonly TextWriter _inner;
    private string? _failure;

    private GuardedWriter(TextWriter inner, string? failure)
        : base(CultureInfo.InvariantCulture) => (_inner, _failure) = (inner, failure);

    /// <summary>Guards a writer that is safe for use by several threads.</summary>
    public GuardedWriter(TextWriter inner)
        : this(inner, null)
    {
    }

    public override Encoding Encoding => _inner.Encoding;

    /// <summary>Guards standard output and standard error, for all of this process.</summary>
    public static (GuardedWriter Output, GuardedWriter Error) ForProcess()
    {
        var (output, error) = (OfDescriptor(1, Console.Out), OfDescriptor(2, Console.Error));
        Console.SetOut(output);
        Console.SetError(error);
        return (output, error);
    }

    /// <summary>Why something could not be written, once; null where all was.</summary>
    public string? TakeFailure() => Interlocked.Exchange(ref _failure, null);

    public override void Write(char value) => Guard(() => _inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Guard(() => _inner.Write(buffer, index, count));

    public override void Write(string? value) => Guard(() => _inner.Write(value));

    public override void WriteLine(string? value) => Guard(() => _inner.WriteLine(value));

    public override void Flush() => Guard(_inner.Flush);

    // A descriptor that was closed when the process began is by now another file of the runtime, which closes it when a program is
    // executed; one that was inherited cannot have that flag. Writing to it could end the process.
    private static GuardedWriter OfDescriptor(int descriptor, TextWriter writer) => IsInherited(descriptor)
        ? new GuardedWriter(writer)
        : new GuardedWriter(Null, "it was closed");

    private static bool IsInherited(int descriptor)
    {
        const int CloseOnExecute = 0x80000;
        var information = $"/proc/self/fdinfo/{descriptor}";
        if (!OperatingSystem.IsLinux()) return true;
        if (!File.Exists(information)) return false;

        var flags = File.ReadLines(information).First(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & CloseOnExecute) == 0;
    }

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _failure ??= exception.Message.TrimEnd('.');
        }
    }
}
