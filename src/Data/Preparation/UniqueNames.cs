using System.Globalization;
using MacroCausal.Data.Splits;

namespace MacroCausal.Data.Preparation;

/// <summary>Gives every feature a name of its own, apart from the split's target and date: <c>a=b</c> may be a column and a category of <c>a</c>.</summary>
internal sealed class UniqueNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal) { SplitTable.TargetName, SplitTable.DateName };

    public string Take(string name)
    {
        var unique = name;
        for (var i = 2; !_taken.Add(unique); i++)
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}#{i}");
        return unique;
    }
}
