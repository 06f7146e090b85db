namespace MacroCausal.TestKit;

/// <summary>How long a test waits for what must come. A passing test never waits that long, whatever else the machine does.</summary>
public static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
}
