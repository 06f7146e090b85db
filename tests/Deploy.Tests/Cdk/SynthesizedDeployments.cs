using MacroCausal.Cdk;
using MacroCausal.TestKit;

namespace MacroCausal.Deploy.Tests.Cdk;

/// <summary>The templates of both kinds of deployment, synthesized once for all tests. Needs Node, as the CDK does.</summary>
public sealed class SynthesizedDeployments
{
    /// <summary>Makes them.</summary>
    public SynthesizedDeployments()
    {
        Eks = Synthesize("eks", "compute=eks", "clusterName=somewhere", "alarmEmail=somebody@example.org");
        Ecs =
            Synthesize("ecs", "compute=ecs", "maxTrialRunners=20", "goldBucket=my-gold",
                "bucketKeyArn=arn:aws:kms:eu-west-1:000000000000:key/mine");
        Stage =
            Synthesize("stage", "compute=eks", "orchestrator=true", "cancelOnStop=true", "workflowHours=30",
                "vpcId=vpc-1", "subnetIds=subnet-1,subnet-2", "availabilityZones=eu-west-1a,eu-west-1b");
    }

    /// <summary>For an EKS cluster that is there.</summary>
    public Account Eks { get; }

    /// <summary>With ECS Fargate, and a gold bucket that is there, with a key of its own.</summary>
    public Account Ecs { get; }

    /// <summary>For an EKS cluster, with a pipeline's stage on ECS Fargate in a VPC that is there.</summary>
    public Account Stage { get; }

    private static Account Synthesize(string name, params string[] settings)
    {
        var folder = Path.Combine(RepositoryRoot.Path, "artifacts", "cdk", name);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
        Deployment.Synthesize(settings, folder);
        return new Account(folder);
    }
}

/// <summary>The tests that share the synthesized templates.</summary>
[CollectionDefinition(Name)]
public sealed class OnTemplates : ICollectionFixture<SynthesizedDeployments>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "templates";
}
