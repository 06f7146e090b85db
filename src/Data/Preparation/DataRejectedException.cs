namespace MacroCausal.Data.Preparation;

/// <summary>A table cannot be used as it was asked for. <see cref="Reasons"/> holds every reason at once, one sentence each.</summary>
public sealed class DataRejectedException(IReadOnlyList<string> reasons) : Exception(string.Join(' ', reasons))
{
    public IReadOnlyList<string> Reasons { get; } = reasons;
}
