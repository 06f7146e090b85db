using MacroCausal.Model.Cpu;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;
using static TorchSharp.torch;

namespace MacroCausal.Model.Tests.Cpu;

/// <summary>Values and slopes against torch's own modules and autograd in double precision.</summary>
public sealed unsafe class ActivationKernelTests
{
    private const float Tolerance = 1e-6f;
    private const double Rounding = 3e-7;

    // Whole blocks; with what is tiny, and what saturates.
    private static readonly float[] Inputs =
    [
        .. Enumerable.Range(-1000, 2000).Select(place => place * 0.0123f), .. Enumerable.Range(1, 32).Select(place => place * 1e-4f),
        .. Enumerable.Range(1, 32).Select(place => place * -1e-5f),
        0, -0f, 90, -90, 1e4f, -1e4f, 1e-30f, -1e-30f, 3, -3, 4, -4, 5, -5, 6, -6,
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void Values_and_slopes_are_those_of_torchs_module(Activation activation)
    {
        var (values, slopes) = Apply(activation, Inputs);

        var (expected, gradient) = Autograd(activation);
        for (var place = 0; place < Inputs.Length; place++)
        {
            // Near 0 a value is as exact as its number; elsewhere summands near 1 round.
            var rounding = Math.Abs(Inputs[place]) < 0.05 ? 1e-37 : Rounding * Math.Max(1, Math.Min(8, Math.Abs(Inputs[place])));
            ShouldBeNear(values[place], expected[place], rounding, $"{activation} at {Inputs[place]}");
            ShouldBeNear(slopes[place], gradient[place], 2 * Rounding, $"slope of {activation} at {Inputs[place]}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Evaluation_gives_the_same_bits_as_training(Activation activation)
    {
        float[] evaluated = [.. Inputs];
        fixed (float* values = evaluated)
        {
            ActivationKernel.Evaluate(activation, values, evaluated.Length);
        }

        evaluated.ShouldBe(Apply(activation, Inputs).Values);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Zero_stays_zero_and_what_is_no_number_stays_none(Activation activation)
    {
        var (values, _) = Apply(activation, [0, float.NaN, .. Enumerable.Repeat(float.NegativeInfinity, 14)]);

        values[0].ShouldBe(0);
        values[1].ShouldBe(float.NaN);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_stack_has_the_same_values_and_slopes(Activation activation)
    {
        using var scope = NewDisposeScope();
        var (values, slopes) = Apply(activation, Inputs);

        var (value, slope) = StackedActivation.Of(activation, tensor(Inputs));

        Flat.Read(value).Zip(values).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) <= Tolerance * (1 + Math.Abs(pair.Second)));
        Flat.Read(slope).Zip(slopes).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) <= 2 * Tolerance);
        Flat.Read(StackedActivation.Evaluate(activation, tensor(Inputs))).ShouldBe(Flat.Read(value));
    }

    [Fact]
    public void Dropout_silences_values_and_slopes_alike()
    {
        float[] inputs = [.. Enumerable.Repeat(2f, 1600)];
        var (values, slopes) = Apply(Activation.Tanh, inputs, dropout: 0.25);
        var (kept, slope) = Apply(Activation.Tanh, inputs);

        values.Count(value => value == 0).ShouldBeInRange(300, 500);
        for (var place = 0; place < inputs.Length; place++)
        {
            slopes[place].ShouldBe(values[place] == 0 ? 0 : slope[place] * (float)(1 / 0.75), 1e-7f);
            values[place].ShouldBe(values[place] == 0 ? 0 : kept[place] * (float)(1 / 0.75), 1e-6f);
        }
    }

    public static TheoryData<Activation> All() => [.. Enum.GetValues<Activation>()];

    private static (float[] Values, float[] Slopes) Apply(Activation activation, float[] inputs, double dropout = 0)
    {
        (inputs.Length % MatrixProduct.Block).ShouldBe(0);
        float[] values = [.. inputs];
        var slopes = new float[inputs.Length];
        var stream = new DropoutStream(new TrialRandom(1, Purpose.Dropout, 1), dropout);
        fixed (float* value = values, slope = slopes)
        {
            ActivationKernel.Apply(activation, value, slope, inputs.Length, ref stream);
        }

        return (values, slopes);
    }

    private static (double[] Values, double[] Slopes) Autograd(Activation activation)
    {
        using var scope = NewDisposeScope();
        var x = tensor(Inputs).to(float64).requires_grad_();
        var y = activation.Module().call(x);
        y.sum().backward();
        return (y.detach().data<double>().ToArray(), x.grad!.data<double>().ToArray());
    }

    private static void ShouldBeNear(float actual, double expected, double rounding, string what) =>
        ((double)actual).ShouldBe(expected, (Tolerance * Math.Abs(expected)) + rounding, what);
}
