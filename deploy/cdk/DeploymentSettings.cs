using System.Globalization;

namespace MacroCausal.Cdk;

/// <summary>What a deployment may choose; each is a key of the CDK's context, by the property's name in camel case.</summary>
public sealed record DeploymentSettings
{
    private static readonly string[] Keys =
    [
        "compute", "goldBucket", "artifactsBucket", "bucketKeyArn", "modelRegistryTable", "studyTable", "runsExpireAfterDays", "logDays",
            "alarmEmail", "clusterName", "namespace", "kedaNamespace",
        "vpcId", "subnetIds", "availabilityZones", "maxTrialRunners", "workflowHours", "orchestrator", "cancelOnStop",
    ];

    /// <summary>Where the services run: <c>eks</c> or <c>ecs</c>. Default <c>eks</c>.</summary>
    public ComputeKind Compute { get; init; }

    /// <summary>Name of the bucket that the pipeline puts gold tables into. Default: a new bucket.</summary>
    public string? GoldBucket { get; init; }

    /// <summary>Name of the bucket for splits, checkpoints and models. Default: a new bucket.</summary>
    public string? ArtifactsBucket { get; init; }

    /// <summary>ARN of the KMS key that named buckets are encrypted with. Default: none, they use keys of S3's own.</summary>
    public string? BucketKeyArn { get; init; }

    /// <summary>Name of the registry table to make. Default <c>macrocausal-models</c>.</summary>
    public string ModelRegistryTable { get; init; } = "macrocausal-models";

    /// <summary>Name of the study table to make. Default <c>macrocausal-studies</c>.</summary>
    public string StudyTable { get; init; } = "macrocausal-studies";

    /// <summary>
    /// Days after which splits and checkpoints of a run are deleted; models stay. A study can be resumed that long. Default 30.
    /// </summary>
    public int RunsExpireAfterDays { get; init; } = 30;

    /// <summary>Days that logs are kept, one of the numbers that CloudWatch takes. Default 30.</summary>
    public int LogDays { get; init; } = 30;

    /// <summary>Who gets a mail when an alarm goes off. Default: nobody; subscribe to the topic <c>macrocausal-alarms</c>.</summary>
    public string? AlarmEmail { get; init; }

    /// <summary>
    /// Name of an EKS cluster whose service accounts are given the roles through Pod Identity. Default: none, the roles are made but not
    /// associated.
    /// </summary>
    public string? ClusterName { get; init; }

    /// <summary>Kubernetes namespace of the services. Default <c>macrocausal</c>.</summary>
    public string Namespace { get; init; } = "macrocausal";

    /// <summary>Kubernetes namespace of KEDA's operator. Default <c>keda</c>.</summary>
    public string KedaNamespace { get; init; } = "keda";

    /// <summary>
    /// Id of a VPC for ECS; needs <see cref="SubnetIds"/> and <see cref="AvailabilityZones"/>. Default: a new VPC in two zones with one NAT
    /// gateway.
    /// </summary>
    public string? VpcId { get; init; }

    /// <summary>Ids of that VPC's private subnets, with a way to AWS's endpoints; in a setting separated by commas.</summary>
    public IReadOnlyList<string> SubnetIds { get; init; } = [];

    /// <summary>Availability zones of those subnets, in the same order.</summary>
    public IReadOnlyList<string> AvailabilityZones { get; init; } = [];

    /// <summary>Maximum number of TrialRunners on ECS. Default 10.</summary>
    public int MaxTrialRunners { get; init; } = 10;

    /// <summary>Hours after which the workflow gives a study up. Default 24.</summary>
    public int WorkflowHours { get; init; } = 24;

    /// <summary>
    /// Whether there is a task on Fargate that runs one study to its end, and a workflow that runs it. Default: <c>true</c> on ECS,
    /// <c>false</c> on EKS, where it needs a cluster of ECS and a VPC.
    /// </summary>
    public bool Orchestrator { get; init; }

    /// <summary>Whether a study is cancelled whose task is stopped. Default <c>false</c>.</summary>
    public bool CancelOnStop { get; init; }

    /// <summary>Reads <c>key=value</c> arguments as context.</summary>
    /// <exception cref="ArgumentException">An argument is none, or its key is not known.</exception>
    public static Dictionary<string, object> Context(IEnumerable<string> arguments)
    {
        var pairs = arguments.Select(argument => argument.Split('=', 2)).ToList();
        if (pairs.Find(pair => pair.Length < 2 || !Keys.Contains(pair[0])) is { } wrong)
        {
            var keys = string.Join(", ", Keys);
            throw new ArgumentException(
                $"'{string.Join('=', wrong)}' is not a setting. Write key=value; the keys are {keys}.", nameof(arguments));
        }

        return pairs.ToDictionary(pair => pair[0], pair => (object)pair[1]);
    }

    /// <summary>Reads the settings from a context.</summary>
    /// <exception cref="ArgumentException">A value is not one of its kind, or others are missing that it needs.</exception>
    public static DeploymentSettings Read(Func<string, string?> context)
    {
        string? Text(string key) => context(key) is { Length: > 0 } value ? value : null;
        int Number(string key, int otherwise) => Text(key) is not { } text ? otherwise
            : int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new ArgumentException($"{key} is '{text}'; it must be a whole number above 0.", nameof(context));
        bool Flag(string key, bool otherwise) => Text(key) is not { } text ? otherwise
            : bool.TryParse(text, out var flag) ? flag
            : throw new ArgumentException($"{key} is '{text}'; it must be true or false.", nameof(context));
        string[] List(string key) => Text(key)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        var defaults = new DeploymentSettings();
        var compute = Enum.TryParse<ComputeKind>(Text("compute") ?? "eks", ignoreCase: true, out var kind) && Enum.IsDefined(kind)
            ? kind
            : throw new ArgumentException($"compute is '{Text("compute")}'; it must be eks or ecs.", nameof(context));
        return Checked(defaults with
        {
            Compute = compute,
            GoldBucket = Text("goldBucket"),
            ArtifactsBucket = Text("artifactsBucket"),
            BucketKeyArn = Text("bucketKeyArn"),
            ModelRegistryTable = Text("modelRegistryTable") ?? defaults.ModelRegistryTable,
            StudyTable = Text("studyTable") ?? defaults.StudyTable,
            RunsExpireAfterDays = Number("runsExpireAfterDays", defaults.RunsExpireAfterDays),
            LogDays = Number("logDays", defaults.LogDays),
            AlarmEmail = Text("alarmEmail"),
            ClusterName = Text("clusterName"),
            Namespace = Text("namespace") ?? defaults.Namespace,
            KedaNamespace = Text("kedaNamespace") ?? defaults.KedaNamespace,
            VpcId = Text("vpcId"),
            SubnetIds = List("subnetIds"),
            AvailabilityZones = List("availabilityZones"),
            MaxTrialRunners = Number("maxTrialRunners", defaults.MaxTrialRunners),
            WorkflowHours = Number("workflowHours", defaults.WorkflowHours),
            Orchestrator = Flag("orchestrator", compute == ComputeKind.Ecs),
            CancelOnStop = Flag("cancelOnStop", defaults.CancelOnStop),
        });
    }

    private static DeploymentSettings Checked(DeploymentSettings settings)
    {
        if (settings.VpcId is not null && (settings.SubnetIds.Count == 0 || settings.SubnetIds.Count != settings.AvailabilityZones.Count))
        {
            throw new ArgumentException(
                $"vpcId is '{settings.VpcId}'; name its private subnets in subnetIds, their zones in the same order in availabilityZones.",
                nameof(settings));
        }

        return settings;
    }
}

/// <summary>Where the services run.</summary>
public enum ComputeKind
{
    /// <summary>On an EKS cluster that is there: the roles for its pods are made, the pods are not.</summary>
    Eks,

    /// <summary>On ECS Fargate: cluster and services are made too.</summary>
    Ecs,
}
