using MacroCausal.Cli.Embedded;

namespace MacroCausal.Cli.Commands;

/// <summary>What <c>train</c> is asked for.</summary>
internal sealed record TrainRequest
{
    public string? Data { get; init; }

    public required EmbeddedStore Store { get; init; }

    public required int Workers { get; init; }

    public required string Device { get; init; }

    public required StartTraining Message { get; init; }
}
