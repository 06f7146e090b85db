namespace MacroCausal.Model.Cpu;

/// <summary>Where one hidden layer lies in the buffers of a <see cref="PaddedLayout"/>.</summary>
/// <param name="Inputs">Width of what comes in.</param>
/// <param name="Width">Units.</param>
/// <param name="Weight">[Inputs, Stride], a row an input.</param>
/// <param name="Bias">[Stride], as all that follow.</param>
/// <param name="Gamma">Batch normalisation's weight.</param>
/// <param name="Beta">Batch normalisation's bias.</param>
/// <param name="Mean">Running mean, in the buffer of statistics.</param>
/// <param name="Variance">Running variance, in the buffer of statistics.</param>
internal sealed record PaddedLayer(int Inputs, int Width, int Weight, int Bias, int Gamma, int Beta, int Mean, int Variance)
{
    /// <summary>Units and padding.</summary>
    public int Stride { get; } = PaddedLayout.Pad(Width);
}
