using MacroCausal.Model.Training;
using TorchSharp;

namespace MacroCausal.Model.Tests.Training;

/// <summary>
/// The factors of a layer's units, number by number from the trial's stream: what the vectors of the trainers must draw too.
/// </summary>
internal static class ReferenceMask
{
    private const int Block = 16;

    /// <summary>[rows, width]; rows are padded to whole blocks, which take their numbers too.</summary>
    public static torch.Tensor Draw(ref TrialRandom random, int rows, int width, double dropout)
    {
        var stride = (width + Block - 1) / Block * Block;
        var mask = new float[rows * stride];
        for (var index = 0; index < mask.Length; index += 4)
        {
            var bits = random.Next();
            for (var piece = 0; piece < 4; piece++)
            {
                mask[index + piece] = (int)(bits >> (16 * piece) & 0xFFFF) < Math.Round(dropout * 65536) ? 0 : (float)(1 / (1 - dropout));
            }
        }

        return torch.tensor(mask).view(rows, stride).narrow(1, 0, width);
    }
}
