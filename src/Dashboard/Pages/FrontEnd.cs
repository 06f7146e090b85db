using System.Net;
using System.Text;
using MacroCausal.Dashboard.Access;
using MacroCausal.Reporting.Documents;

namespace MacroCausal.Dashboard.Pages;

/// <summary>The page that all addresses show: a script that asks for the data, its style, and nothing from any study.</summary>
internal sealed class FrontEnd
{
    public FrontEnd(AccessKeys keys, DashboardOptions options)
    {
        Page = Encoding.UTF8.GetBytes($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="csrf" content="{keys.Csrf}">
            <meta name="store" content="{WebUtility.HtmlEncode(ShownTextConverter.Of(options.Store))}">
            <meta name="starts" content="{options.Starter is not null}">
            <title>MacroCausal</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="/dashboard.css">
            <script src="/dashboard.js" defer></script>
            </head>
            <body>
            <noscript>The dashboard draws its pages with a script; allow scripts of this address to see them.</noscript>
            <div id="dashboard"></div>
            </body>
            </html>

            """);
        Script = Resource("dashboard.js");
        Style = Resource("dashboard.css");
    }

    public byte[] Page { get; }

    public byte[] Script { get; }

    public byte[] Style { get; }

    /// <summary>
    /// The answer to the printed link. A browser sends a strict cookie with no request that another site has led to, a redirect included,
    /// so this page goes on by itself: to a study, or to the list.
    /// </summary>
    public static byte[] Welcome(string? study)
    {
        var address = WebUtility.HtmlEncode(study is null ? "/" : StudyIds.AddressOf(study));
        return Encoding.UTF8.GetBytes($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="refresh" content="0; url={address}">
            <link rel="icon" href="data:,">
            <title>MacroCausal</title>
            </head>
            <body><p><a href="{address}">To the dashboard</a></p></body>
            </html>

            """);
    }

    private static byte[] Resource(string name)
    {
        using var content = typeof(FrontEnd).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly has no '{name}'; build src/Dashboard again.");
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        return copy.ToArray();
    }
}
