using MacroCausal.Model.Training;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.TrialRunner;

/// <summary>
/// Has libtorch loaded while the bus starts and the data is prepared, instead of when the first segment waits for it: half a gigabyte of library takes a few tenths of a second.
/// Where it cannot be loaded, the first segment says so.
/// </summary>
internal sealed class TorchWarmUp : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Looking for a device is the least that makes torch load.
        _ = Task.Factory.StartNew(() => TrainingDevice.Resolve(TrainingDevice.Auto), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
