using System.CommandLine;

namespace MacroCausal.Bench.Scaling;

/// <summary>What a study costs on runners that KEDA scales from 0 to 50, against fleets of a fixed size, in virtual time.</summary>
internal static class ScalingCommand
{
    private static readonly int[] Fleets = [10, 25, 50];
    private static readonly int[] Parallelisms = [4, 25, 50, 75, 100, 200];
    private static readonly int[] QueueLengths = [2, 5];
    private static readonly int[] Windows = [0, 60, 120, 600];
    private static readonly int[] Polls = [5, 30, 60];
    private static readonly int[] Cooldowns = [60, 120, 600];

    public static Command Create()
    {
        var defaults = new ClusterSettings();
        var trials = Number("--trials", "Trials of the study.", defaults.Trials, 1);
        var seeds = Number("--seeds", "Studies of every row; the rows are means.", 5, 1);
        var node = Number("--node-start", "Seconds until a node is ready.", defaults.NodeStart, 0);
        var pod = Number("--pod-start", "Seconds until a pod takes its first message.", defaults.PodStart, 0);
        var epoch = Number("--epoch-seconds", "Seconds of an epoch of a middling configuration.", defaults.EpochSeconds, 0.01);
        var life = Number("--spot-life", "Mean hours until a spot node is taken.", 2.0, 0.01);
        var lease = Number("--lease", "Seconds a segment may be silent before the Tuner reissues it.", defaults.Lease, 1);
        var command = new Command("scaling", "GPU hours, waste and wall time of a study under KEDA's rules and on fixed fleets.")
        {
            trials, seeds, node, pod, epoch, life, lease,
        };
        command.SetAction(result =>
        {
            var settings = defaults with
            {
                Trials = result.GetValue(trials),
                NodeStart = result.GetValue(node),
                PodStart = result.GetValue(pod),
                EpochSeconds = result.GetValue(epoch),
                Lease = result.GetValue(lease),
            };
            Run(settings, result.GetValue(life), result.GetValue(seeds));
        });
        return command;
    }

    private static Option<T> Number<T>(string name, string description, T value, T min)
        where T : IComparable<T>
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() is { } given && given.CompareTo(min) < 0)
            {
                result.AddError(Invariant($"{name} is {given}; give {min} or more."));
            }
        });
        return option;
    }

    private static void Run(ClusterSettings settings, double spotLife, int seeds)
    {
        var (epoch, segments) = (settings.EpochSeconds, settings.Parallelism);
        var (node, pod) = (settings.NodeStart, settings.PodStart);
        Console.WriteLine(Invariant(
            $"""
            {settings.Trials} trials, ASHA with random search, epochs of about {epoch} s, {segments} concurrent segments;
            a node takes {node} s to start, its pod {pod} s; spot nodes live {spotLife} h on average and go without notice.
            Means of {seeds} seeds.

            """));
        var spot = settings with { SpotLife = spotLife };
        var keda = new KedaSettings();
        Write("Fleets", "fleet",
        [
            .. Fleets.Select(runners => ($"fixed, {runners}", Mean(seeds, settings, of => VirtualCluster.Run(of, runners)))),
            ("KEDA, 0 to 50", Mean(seeds, settings, of => VirtualCluster.Run(of, keda))),
            .. Fleets.Select(runners => ($"fixed, {runners}, spot", Mean(seeds, spot, of => VirtualCluster.Run(of, runners)))),
            ("KEDA, 0 to 50, spot", Mean(seeds, spot, of => VirtualCluster.Run(of, keda))),
        ]);
        Write("Settings of KEDA, spot nodes", "setting",
            Variants(keda).Select(variant => (variant.Name, Mean(seeds, spot, of => VirtualCluster.Run(of, variant.Keda)))));
        Write("Concurrent segments (`parallelism`), KEDA, spot nodes", "parallelism",
            Parallelisms.Select(parallelism =>
                (Invariant($"{parallelism}"), Mean(seeds, spot with { Parallelism = parallelism }, of => VirtualCluster.Run(of, keda)))));
    }

    private static IEnumerable<(string Name, KedaSettings Keda)> Variants(KedaSettings keda) =>
    [
        ("as above: poll 15, queueLength 1, cooldown 300, window 300", keda),
        .. QueueLengths.Select(length => ($"queueLength {length}", keda with { QueueLength = length })),
        .. Windows.Select(window => (Invariant($"window {window}"), keda with { StabilizationWindow = window })),
        .. Polls.Select(poll => (Invariant($"poll {poll}"), keda with { PollingInterval = poll })),
        .. Cooldowns.Select(cooldown => (Invariant($"cooldown {cooldown}"), keda with { CooldownPeriod = cooldown })),
        ("window 60, cooldown 60", keda with { StabilizationWindow = 60, CooldownPeriod = 60 }),
        ("window 120, cooldown 120", keda with { StabilizationWindow = 120, CooldownPeriod = 120 }),
    ];

    private static FleetCost Mean(int seeds, ClusterSettings settings, Func<ClusterSettings, FleetCost> run) =>
        FleetCost.Mean([.. Enumerable.Range(1, seeds).Select(seed => run(settings with { Seed = seed }))]);

    private static void Write(string title, string name, IEnumerable<(string Name, FleetCost Cost)> rows)
    {
        Console.WriteLine($"## {title}\n");
        Report.Write(
            [
                name, "wall h", "GPU h", "training h", "start-up h", "idle h", "repeated h", "handling h", "useful", "spot kills",
                "handed back",
                "reissued", "failed trials",
            ],
            rows.Select(row => (IReadOnlyList<string>)
            [
                row.Name, Hours(row.Cost.WallHours), Hours(row.Cost.GpuHours), Hours(row.Cost.Training), Hours(row.Cost.Starting),
                Hours(row.Cost.Idle), Hours(row.Cost.Repeated), Hours(row.Cost.Handling), Invariant($"{100 * row.Cost.Useful:F0} %"),
                Times(row.Cost.SpotKills), Times(row.Cost.HandedBack), Times(row.Cost.Reissued), Times(row.Cost.FailedTrials),
            ]));
    }

    // The zero that is added makes one of both zeros.
    private static string Hours(double hours) => Invariant($"{Math.Round(hours, 2) + 0.0:F2}");

    private static string Times(double count) => Invariant($"{count:F1}");
}
