namespace MacroCausal.Deploy.Tests.Kubernetes;

/// <summary>Every folder that kustomize renders.</summary>
public sealed class OverlayData : TheoryData<string>
{
    public OverlayData()
        : base(Overlay.Names)
    {
    }
}
