using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace MacroCausal.Dashboard.Pages;

/// <summary>Answers with an <c>ETag</c>, the hash of their content; a browser that has it already is told so.</summary>
internal static class Tagged
{
    private const int HashBytes = 16;

    public static IResult Bytes(HttpContext context, byte[] content, string type)
    {
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, HashBytes))}\"");
        context.Response.GetTypedHeaders().ETag = tag;
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false))
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(content, type);
    }

    public static IResult Json<T>(HttpContext context, T value)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return Bytes(context, JsonSerializer.SerializeToUtf8Bytes(value, options), "application/json; charset=utf-8");
    }
}
