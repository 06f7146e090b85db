using System.ComponentModel.DataAnnotations;
using MacroCausal.Model.Training;

namespace MacroCausal.TrialRunner;

/// <summary>How this process trains; section <c>TrialRunner</c>.</summary>
public sealed class TrialRunnerOptions
{
    /// <summary>
    /// Maximum number of concurrent segments, 1 to 1024. Default: as many as the device trains at once, one a core on the processor and 32
    /// on CUDA.
    /// </summary>
    [Range(1, 1024)]
    public int? Workers { get; set; }

    /// <summary>
    /// <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, or <c>auto</c> for CUDA where there is a device; several with + in between, such as
    /// <c>cuda:0+cuda:1</c>, train every trial together. Default <c>cpu</c>.
    /// </summary>
    [RegularExpression(
        @"(cpu|cuda(:\d+)?|auto)(\+(cpu|cuda(:\d+)?|auto))*",
        ErrorMessage = "Device must be cpu, cuda, cuda:1 or auto, or several of them with + in between.")]
    public string Device { get; set; } = "cpu";

    /// <summary>
    /// <c>auto</c>, <c>torch</c> (MacroCausalModel by autograd, one trial at a time), <c>cpu</c> (kernels of our own) or <c>stacked</c>
    /// (trials of a shape in every operation of torch). Default <c>auto</c>: <c>cpu</c> on the processor, <c>stacked</c> on CUDA.
    /// </summary>
    [RegularExpression("auto|torch|cpu|stacked", ErrorMessage = "Engine must be auto, torch, cpu or stacked.")]
    public string Engine { get; set; } = TrainingEngine.Auto;

    /// <summary>How often a long segment leaves a checkpoint on its way. Default 60 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "12:00:00")]
    public TimeSpan CheckpointEvery { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How often the record of a study is read, at most, to see whether the study is over while segments of it run; its end is heard of
    /// within twice that. Default 5 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StudyLookEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Splits kept in memory, shared by all segments that train on them. Default 8, those of four studies.</summary>
    [Range(2, 1024)]
    public int CachedSplits { get; set; } = 8;

    /// <summary>Name of this process in its reports. Default: machine and process id.</summary>
    [Required]
    public string Name { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}";
}
