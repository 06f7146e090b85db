using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using MacroCausal.Cdk.Bus;
using MacroCausal.Cdk.Identity;

namespace MacroCausal.Cdk.Compute;

/// <summary>What ECS needs to take a service's image from ECR in this account and region. The token is for a whole registry; ECR knows no resource for it.</summary>
internal static class ImagePermissions
{
    public static IEnumerable<PolicyStatement> Of(ServicePlan service, Stack stack) =>
    [
        Allow.To(["ecr:GetAuthorizationToken"], ["*"]),
        Allow.To(
            ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            [stack.FormatArn(new ArnComponents { Service = "ecr", Resource = "repository", ResourceName = $"*/{service.Name}" })]),
    ];
}
