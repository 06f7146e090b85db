namespace MacroCausal.Search.Samplers;

/// <summary>The kernels of one dimension: one for every observation, and last the prior.</summary>
internal abstract class Kernels
{
    /// <summary>Adds to every component the logarithm of its density, or probability, at a point of the dimension's scale.</summary>
    public abstract void AddLogDensity(double point, Span<double> components);

    /// <summary>A point drawn from one component.</summary>
    public abstract double Draw(int component, RandomStream random);
}
