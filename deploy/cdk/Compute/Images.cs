using Amazon.CDK;
using Amazon.CDK.AWS.ECS;
using MacroCausal.Cdk.Bus;

namespace MacroCausal.Cdk.Compute;

/// <summary>The services' images, <c>{ImageRepository}/tuner:{ImageTag}</c>: parameters, so that a new version is deployed without another synthesis.</summary>
internal sealed class Images
{
    private readonly CfnParameter _repository;
    private readonly CfnParameter _tag;

    public Images(Stack stack)
    {
        _repository = new CfnParameter(stack, "ImageRepository", new CfnParameterProps { Type = "String", Description = "What comes before /tuner in the image's name: a registry and a prefix" });
        _tag = new CfnParameter(stack, "ImageTag", new CfnParameterProps { Type = "String", Description = "Version of all images" });
    }

    public ContainerImage Of(ServicePlan service) => ContainerImage.FromRegistry($"{_repository.ValueAsString}/{service.Name}:{_tag.ValueAsString}");
}
