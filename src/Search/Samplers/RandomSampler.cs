using MacroCausal.Search.Spaces;

namespace MacroCausal.Search.Samplers;

/// <summary>Random search (Bergstra, Bengio, JMLR 2012): every value of every hyperparameter equally likely on its scale.</summary>
public sealed class RandomSampler : ISampler
{
    internal const int Attempts = 20;

    /// <inheritdoc/>
    public Configuration Sample(History history, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(history);
        var random = new RandomStream(seed);
        return DuplicateAvoidance.FirstNew(history, Attempts, () => Draw(history.Space, random)) ?? Draw(history.Space, random);
    }

    internal static Configuration Draw(SearchSpace space, RandomStream random)
    {
        var values = new double[space.Dimensions.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = space.Dimensions[index].Draw(random);
        }

        return new Configuration(space, values);
    }
}

/// <summary>Draws again where a trial has the configuration already: training is deterministic and would only repeat its result.</summary>
internal static class DuplicateAvoidance
{
    /// <summary>The first of at most <paramref name="attempts"/> draws that no trial has; null where all were known.</summary>
    public static Configuration? FirstNew(History history, int attempts, Func<Configuration> draw)
    {
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            var proposal = draw();
            if (!history.Contains(proposal)) return proposal;
        }

        return null;
    }
}
