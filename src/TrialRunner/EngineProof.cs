using MacroCausal.Model.Training;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.TrialRunner;

/// <summary>
/// Has the engine prove itself before the first segment, by <see cref="EngineCheck"/>; where it trains wrongly, the process does not start.
/// The engine <c>cpu</c> does not: it runs without torch, and loading torch for a comparison would take most of the start.
/// </summary>
internal sealed class EngineProof(TrainingConcurrency concurrency, TrainingThreads threads) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        concurrency.Engine == TrainingEngine.Cpu ? Task.CompletedTask : threads.RunAsync(Prove);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool Prove()
    {
        EngineCheck.Run(concurrency.Engine, concurrency.Device);
        return true;
    }
}
