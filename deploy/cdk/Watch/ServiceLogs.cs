using Amazon.CDK;
using Amazon.CDK.AWS.KMS;
using Amazon.CDK.AWS.Logs;
using MacroCausal.Cdk.Bus;

namespace MacroCausal.Cdk.Watch;

/// <summary>
/// A log group for each service, <c>/macrocausal/tuner</c>. ECS writes there by itself; on EKS the cluster's log agent is to be pointed to
/// them.
/// </summary>
internal sealed class ServiceLogs : Construct
{
    private readonly Dictionary<ServicePlan, LogGroup> _groups;
    private readonly IKey _key;
    private readonly int _days;

    public ServiceLogs(Construct scope, IKey key, DeploymentSettings settings)
        : base(scope, "Logs")
    {
        (_key, _days) = (key, settings.LogDays);
        _groups = BusPlan.Services.ToDictionary(service => service, service => Create(service.Name));
    }

    public LogGroup this[ServicePlan service] => _groups[service];

    /// <summary>The log group of something that is none of the services.</summary>
    public LogGroup Create(string name) => new(this, name, new LogGroupProps
    {
        LogGroupName = "/macrocausal/" + name,
        EncryptionKey = _key,
        Retention = Retention(_days),
        RemovalPolicy = RemovalPolicy.DESTROY,
    });

    private static RetentionDays Retention(int days) => days switch
    {
        1 => RetentionDays.ONE_DAY,
        7 => RetentionDays.ONE_WEEK,
        14 => RetentionDays.TWO_WEEKS,
        30 => RetentionDays.ONE_MONTH,
        90 => RetentionDays.THREE_MONTHS,
        365 => RetentionDays.ONE_YEAR,
        _ => throw new ArgumentException($"logDays is {days}; it must be 1, 7, 14, 30, 90 or 365.", nameof(days)),
    };
}
