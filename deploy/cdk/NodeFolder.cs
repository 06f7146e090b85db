namespace MacroCausal.Cdk;

/// <summary>
/// Where the CDK's runtime unpacks the JavaScript that it runs under Node. Node takes the nearest package.json above a script to say what kind of script it is, so one that somebody
/// left in the machine's temporary folder would break it; this folder has its own.
/// </summary>
public static class NodeFolder
{
    /// <summary>Makes the folder and sends the runtime there. To be called before anything of the CDK is made.</summary>
    public static void Use()
    {
        var folder = Path.Combine(Path.GetTempPath(), "macrocausal-cdk");
        Directory.CreateDirectory(folder);
        var package = Path.Combine(folder, "package.json");
        if (!File.Exists(package)) File.WriteAllText(package, "{}");
        Environment.SetEnvironmentVariable("TMPDIR", folder);
    }
}
