using Amazon.CDK.AWS.EC2;

namespace MacroCausal.Cdk.Compute;

/// <summary>Where tasks run: a VPC that is there, or a new one in two zones. Nothing comes in; HTTPS goes out.</summary>
internal sealed class Network : Construct
{
    public Network(Construct scope, DeploymentSettings settings)
        : base(scope, "Network")
    {
        Vpc = settings.VpcId is { } id ? Given(id, settings) : Create();
        Https = new SecurityGroup(this, "HttpsOut", new SecurityGroupProps
        {
            Vpc = Vpc,
            AllowAllOutbound = false,
            Description = "MacroCausal: HTTPS to AWS, nothing in",
        });
        Https.AddEgressRule(Peer.AnyIpv4(), Port.Tcp(443), "AWS");
    }

    public IVpc Vpc { get; }

    public SecurityGroup Https { get; }

    private IVpc Given(string id, DeploymentSettings settings) => Amazon.CDK.AWS.EC2.Vpc.FromVpcAttributes(this, "Vpc", new VpcAttributes
    {
        VpcId = id,
        AvailabilityZones = [.. settings.AvailabilityZones],
        PrivateSubnetIds = [.. settings.SubnetIds],
    });

    private Vpc Create() => new(this, "Vpc", new VpcProps
    {
        MaxAzs = 2,
        NatGateways = 1,
        GatewayEndpoints = new Dictionary<string, IGatewayVpcEndpointOptions>
        {
            ["S3"] = new GatewayVpcEndpointOptions { Service = GatewayVpcEndpointAwsService.S3 },
            ["DynamoDb"] = new GatewayVpcEndpointOptions { Service = GatewayVpcEndpointAwsService.DYNAMODB },
        },
    });
}
