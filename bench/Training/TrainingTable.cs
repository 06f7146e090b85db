using System.Runtime.InteropServices;
using MacroCausal.Bench.Search;
using MacroCausal.Model.Training;

namespace MacroCausal.Bench.Training;

/// <summary>What is trained on: both splits, prepared. Written as plain numbers, so that any language can read them.</summary>
internal sealed record TrainingTable(string Name, float[] TrainX, float[] TrainY, float[] ValidationX, float[] ValidationY)
{
    private static readonly string[] Files = ["train.x.f32", "train.y.f32", "validation.x.f32", "validation.y.f32"];

    public int Features => TrainX.Length / TrainY.Length;

    public TrainingRows Train => new(TrainX, TrainY, Features);

    public TrainingRows Validation => new(ValidationX, ValidationY, Features);

    /// <summary>A target that depends on ten features, two of them together, in noise; the first 80 % of the rows train.</summary>
    public static TrainingTable Synthetic(int rows, int features, ulong seed)
    {
        var x = new float[rows * features];
        var y = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            for (var feature = 0; feature < features; feature++)
            {
                x[row * features + feature] = (float)SeededRandom.Normal(seed, 0, row, feature);
            }

            var values = x.AsSpan(row * features, features);
            y[row] = values[0] * values[1] + 0.5f * Sum(values[2..10]) + (float)SeededRandom.Normal(seed, 1, row, 0);
        }

        var train = rows * 4 / 5;
        return new TrainingTable(
            $"synthetic, {rows:N0} rows, {features} features", x[..(train * features)], y[..train], x[(train * features)..], y[train..]);
    }

    public void Write(string folder)
    {
        foreach (var (file, values) in Files.Zip([TrainX, TrainY, ValidationX, ValidationY]))
        {
            File.WriteAllBytes(Path.Combine(folder, file), MemoryMarshal.AsBytes<float>(values));
        }
    }

    public static TrainingTable Read(string folder)
    {
        var read = Files.Select(file => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, file))).ToArray()).ToList();
        return new TrainingTable(folder, read[0], read[1], read[2], read[3]);
    }

    private static float Sum(ReadOnlySpan<float> values)
    {
        var sum = 0f;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }
}
