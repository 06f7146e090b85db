using System.Text.Json;
using Shouldly;

namespace MacroCausal.TestKit.Stores;

/// <summary>Compares records that hold lists, which records themselves compare by identity.</summary>
public static class RecordAssertions
{
    /// <summary>Fails unless both hold the same values, to the last digit.</summary>
    public static void ShouldHold<T>(this T? actual, T expected) =>
        JsonSerializer.Serialize(actual).ShouldBe(JsonSerializer.Serialize(expected));
}
