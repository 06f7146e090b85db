using System.Globalization;

namespace MacroCausal.Tuner.Settings;

/// <summary>Collects why settings are refused, one sentence each.</summary>
internal sealed class Reasons
{
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    public void Add(string? reason)
    {
        if (reason is not null)
        {
            _all.Add(reason);
        }
    }

    public void AddRange(IEnumerable<string> reasons) => _all.AddRange(reasons);

    public void Require(bool holds, string name, object? value, string allowed)
    {
        if (!holds)
        {
            _all.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be {allowed}."));
        }
    }

    public void Within(string name, int value, int low, int high) =>
        Require(value >= low && value <= high, name, value,
            high == int.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"{low} or more") : string.Create(CultureInfo.InvariantCulture, $"from {low} to {high}"));

    public void OneOf(string name, string value, IReadOnlyList<string> allowed) =>
        Require(allowed.Contains(value), name, $"'{value}'", "one of " + string.Join(", ", allowed));

    public void Present(string name, string value, string? variable)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            _all.Add(variable is null ? $"{name} is empty; give it a name." : $"{name} is not given; name it in StartTraining or in the environment's {variable}.");
        }
    }
}
