namespace MacroCausal.Cdk;

/// <summary>Where the services run.</summary>
public enum ComputeKind
{
    /// <summary>On an EKS cluster that is there: the roles for its pods are made, the pods are not.</summary>
    Eks,

    /// <summary>On ECS Fargate: cluster and services are made too.</summary>
    Ecs,
}
