using System.Reflection;
using Microsoft.ML.OnnxRuntime;

namespace MacroCausal.Registry.Artifacts;

/// <summary>The versions that made a model.</summary>
internal sealed record SoftwareVersions(string MacroCausal, string TorchSharp, string OnnxRuntime, string DotNet)
{
    public static SoftwareVersions Current { get; } = new(
        Of(typeof(SoftwareVersions).Assembly), Of(typeof(TorchSharp.torch).Assembly), Of(typeof(InferenceSession).Assembly), Environment.Version.ToString());

    // Without the commit that follows a plus sign.
    private static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? assembly.GetName().Version!.ToString();
}
