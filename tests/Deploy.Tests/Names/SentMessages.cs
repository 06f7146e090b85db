using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace MacroCausal.Deploy.Tests.Names;

/// <summary>
/// What a service's code sends and publishes. A bus is configured with what it receives only; but every call of <c>Send</c> or
/// <c>Publish</c> names its message's type in the compiled code.
/// </summary>
internal static class SentMessages
{
    /// <summary>The contracts that an assembly calls MassTransit's <paramref name="verb"/> with.</summary>
    public static IReadOnlyList<Type> By(Assembly assembly, string verb)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        var calls = Enumerable.Range(1, metadata.GetTableRowCount(TableIndex.MethodSpec)).Select(MetadataTokens.MethodSpecificationHandle)
            .Where(call => Name(metadata, call) == verb);
        return [.. calls.Select(call => Message(assembly, call)).OfType<Type>().Distinct()];
    }

    private static string? Name(MetadataReader metadata, MethodSpecificationHandle call) =>
        metadata.GetMethodSpecification(call).Method is { Kind: HandleKind.MemberReference } method
            ? metadata.GetString(metadata.GetMemberReference((MemberReferenceHandle)method).Name)
            : null;

    private static Type? Message(Assembly assembly, MethodSpecificationHandle call) => assembly.ManifestModule
        .ResolveMethod(MetadataTokens.GetToken(call))!
        .GetGenericArguments()
        .SingleOrDefault(type => type.Assembly == typeof(StartTraining).Assembly);
}
