using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MacroCausal.Dashboard.Access;

/// <summary>The secrets of one process. They end with it.</summary>
internal sealed class AccessKeys
{
    private const int Bytes = 32;

    /// <summary>What the printed link carries.</summary>
    public string Token { get; } = Make();

    /// <summary>What the cookie of a browser that followed the link holds.</summary>
    public string Session { get; } = Make();

    /// <summary>What a page sends with every change.</summary>
    public string Csrf { get; } = Make();

    /// <summary>Whether a text is the secret, in a time that does not tell how much of it is right.</summary>
    public static bool IsSame(string? given, string secret) => given is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(secret));

    private static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
}
