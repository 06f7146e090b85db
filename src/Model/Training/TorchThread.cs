using static TorchSharp.torch;

namespace MacroCausal.Model.Training;

/// <summary>
/// Holds torch to one thread: two threads inside one small step make it slower, two trials on a thread each do not. The setting belongs to the process and
/// to each calling thread, so every thread that trains enters once. It also makes sums independent of the number of cores.
/// </summary>
internal static class TorchThread
{
    [ThreadStatic]
    private static bool _entered;

    public static void Enter()
    {
        if (_entered)
            return;
        set_num_threads(1);
        _entered = true;
    }
}
