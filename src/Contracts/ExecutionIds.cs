using System.Security.Cryptography;
using System.Text;

namespace MacroCausal.Contracts;

/// <summary>What may be the id of an execution, and the key of its study.</summary>
public static class ExecutionIds
{
    /// <summary>
    /// Longest id, in bytes of UTF-8, so that an object's key stays below S3's 1,024. A Step Functions execution ARN has at most some 280.
    /// </summary>
    public const int MaxLength = 512;

    private const string Punctuation = ":._@+=,-!()";

    /// <summary>
    /// Says why an id is refused, or null where it is fine: 1 to <see cref="MaxLength"/> bytes of letters, digits and <c>:._@+=,-!()</c>,
    /// beginning with a letter or a digit and without two dots in a row, because ids become folders and keys.
    /// </summary>
    public static string? Refusal(string? executionId)
    {
        if (string.IsNullOrEmpty(executionId))
        {
            return "The execution id is empty; give the id of the pipeline's execution, for example its ARN.";
        }

        if (Encoding.UTF8.GetByteCount(executionId) is var length && length > MaxLength)
        {
            return $"The execution id '{Shown(executionId)}' has {length} bytes of UTF-8; at most {MaxLength} are allowed.";
        }

        var isPlain = executionId.All(
            character => char.IsLetterOrDigit(character) || Punctuation.Contains(character, StringComparison.Ordinal));
        return isPlain && char.IsLetterOrDigit(executionId[0]) && !executionId.Contains("..", StringComparison.Ordinal)
            ? null
            : $"The execution id '{Shown(executionId)}' cannot be part of a path; "
                + $"use letters, digits and {Punctuation}, begin with a letter or a digit, no '..'.";
    }

    /// <summary>Key of an execution's study: the first 128 bits of the id's SHA-256.</summary>
    public static Guid StudyId(string executionId) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes(executionId)).AsSpan(0, 16), bigEndian: true);

    private static string Shown(string executionId)
    {
        var shown = string.Concat(executionId.Take(60).Select(character => char.IsControl(character) ? '?' : character));
        return executionId.Length > 60 ? shown + "..." : shown;
    }
}
