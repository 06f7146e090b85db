using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace MacroCausal.Reporting.Documents;

/// <summary>
/// A report as one HTML file that asks nobody for anything: script, style and figures are in it, and its content policy allows that script
/// and that style only, by their hashes. The same report gives the same bytes.
/// </summary>
public static class ReportPage
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "report.html";

    private static readonly Lazy<(string Script, string Style, string Policy)> FrontEnd = new(() =>
    {
        var (script, style) = (Resource("report.js"), Resource("report.css"));
        var policy = $"default-src 'none'; script-src '{Hash(script)}'; style-src '{Hash(style)}'; img-src data: blob:; "
            + "base-uri 'none'; form-action 'none'";
        return (script, style, policy);
    });

    /// <summary>Writes the page, UTF-8.</summary>
    public static byte[] Of(Report report)
    {
        var (script, style, policy) = FrontEnd.Value;
        var page = new MemoryStream();
        Write(page, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>{WebUtility.HtmlEncode(ShownTextConverter.Of(report.Title))}</title>
            <style>{style}</style>
            </head>
            <body>
            <noscript>This report draws its charts with a script that is in this file; allow scripts to see them.</noscript>
            <div id="report"></div>
            <script type="application/json" id="data">
            """);
        page.Write(ReportJson.Of(report));
        Write(page, $"</script>\n<script>{script}</script>\n</body>\n</html>\n");
        return page.ToArray();
    }

    private static void Write(MemoryStream page, string text) => page.Write(Encoding.UTF8.GetBytes(text));

    private static string Resource(string name)
    {
        using var content = typeof(ReportPage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly has no '{name}'; build src/Reporting again.");
        using var reader = new StreamReader(content, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static string Hash(string content) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
