namespace MacroCausal.Contracts;

/// <summary>An object in a bucket, and what it must hold.</summary>
/// <param name="Uri"><c>s3://bucket/key</c>; the key is taken as it stands, colons included.</param>
/// <param name="Sha256">SHA-256 of the content, 64 lower-case hexadecimal digits.</param>
public sealed record ObjectReference(string Uri, string Sha256);
