using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using MacroCausal.Cli.Embedded;
using MacroCausal.Model.Training;
using MacroCausal.TrialRunner;

namespace MacroCausal.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string> Store() => new("--store")
    {
        Description = "Directory of the buckets and of the database",
        DefaultValueFactory = _ => "./macrocausal",
    };

    public static Option<bool> Json() => new("--json")
    {
        Description = "End with one JSON line on standard output; the rest goes to standard error",
    };

    public static Option<int?> Workers() =>
        Number<int>("--workers", "Maximum number of concurrent segments [default: one per core; 32 on CUDA]");

    /// <summary>A whole number that may be left out.</summary>
    public static Option<T?> Number<T>(string name, string description)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => new(name)
        {
            Description = description,
            CustomParser = argument => Parse<T>(argument, name),
        };

    public static Option<string> Device() => new("--device")
    {
        Description = "cpu, cuda, cuda:1, or auto; cuda:0+cuda:1 trains every trial on both",
        DefaultValueFactory = _ => "cpu",
    };

    /// <summary>The device that is asked for, checked before anything is made on disk.</summary>
    public static string DeviceOf(ParseResult parsed, Option<string> option)
    {
        try
        {
            return TrainingDevice.Resolve(parsed.GetRequiredValue(option));
        }
        catch (ArgumentException exception)
        {
            throw new BadInputException(exception.Message.Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal));
        }
    }

    public static EmbeddedStore StoreOf(ParseResult parsed, Option<string> option) =>
        new(Path.GetFullPath(parsed.GetRequiredValue(option)));

    /// <summary>The workers that are asked for, else as many as the device trains concurrently.</summary>
    public static int WorkersOf(ParseResult parsed, Option<int?> option, string device) => parsed.GetValue(option) switch
    {
        null => TrainingConcurrency.For(device, Environment.ProcessorCount, null).MaxConcurrentSegments,
        >= 1 and <= 1024 and var workers => workers,
        var workers => throw new BadInputException($"--workers is {workers}; it must be from 1 to 1024."),
    };

    /// <summary>How long to wait for a study to be on record.</summary>
    public static TimeSpan PatienceOf(ParseResult parsed, Option<int?> option, int otherwise)
    {
        var seconds = parsed.GetValue(option) ?? otherwise;
        return seconds >= 0
            ? TimeSpan.FromSeconds(seconds)
            : throw new BadInputException($"--wait is {seconds}; it must be 0 or more.");
    }

    private static T? Parse<T>(ArgumentResult argument, string name)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (T.TryParse(argument.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        argument.AddError($"{name} is '{argument.Tokens[0].Value}'; it must be a whole number, at most {T.MaxValue}.");
        return null;
    }
}
