using Xunit;

namespace MacroCausal.TestKit.Emulators;

/// <summary>Gives a test class the shared emulators, started where they are not yet running.</summary>
public sealed class EmulatorFixture : IAsyncLifetime
{
    /// <summary>The emulators.</summary>
    public AwsEmulator Aws { get; private set; } = null!;

    /// <summary>Starts the emulators, or waits for them.</summary>
    public async Task InitializeAsync() => Aws = await AwsEmulator.Shared;

    /// <summary>Leaves the emulators to the other test classes.</summary>
    public Task DisposeAsync() => Task.CompletedTask;
}
