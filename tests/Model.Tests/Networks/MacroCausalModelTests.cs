using MacroCausal.Model.Cpu;
using MacroCausal.Model.Export;
using MacroCausal.Model.Networks;
using MacroCausal.Model.Tests.Training;
using MacroCausal.Model.Torch;
using MacroCausal.Model.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MacroCausal.Model.Tests.Networks;

public sealed class MacroCausalModelTests
{
    private const float Tolerance = 2e-6f;

    /// <summary>
    /// The network of <see cref="GoldenStepTests"/>, with the parameters and statistics that PyTorch has after five steps.
    /// </summary>
    [Fact]
    public void A_network_predicts_what_PyTorch_does_with_the_same_numbers()
    {
        using var scope = NewDisposeScope();
        using var model = MacroCausalModel.Load(new NetworkLayout(3, [4, 3]), TorchFigures.Parameters, TorchFigures.Statistics);
        model.eval();

        var predictions = Flat.Read(model.forward(GoldenX()));

        predictions.Length.ShouldBe(5);
        predictions.Zip(TorchFigures.Prediction).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < Tolerance);
    }

    [Fact]
    public void Plain_training_takes_the_steps_that_PyTorch_takes()
    {
        using var scope = NewDisposeScope();
        var layout = new NetworkLayout(3, [4, 3]);
        var first = Enumerable.Range(0, layout.ParameterCount).Select(i => (float)(0.8 * Math.Sin(1 + 0.7 * i))).ToArray();
        using var model = MacroCausalModel.Load(layout, first, [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1]);
        using var adam = new HeldAdam(model.parameters(), 0.01, 0.1);
        var (x, y) = (GoldenX(), tensor(Enumerable.Range(0, 5).Select(k => (float)Math.Sin(0.5 + 1.3 * k)).ToArray()));

        var losses = new List<float>();
        for (var step = 0; step < TorchFigures.Losses.Length; step++)
        {
            adam.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            if (step == 0)
            {
                model.parameters().SelectMany(own => Flat.Read(own.grad!)).Zip(TorchFigures.Gradient)
                    .ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < Tolerance);
            }

            adam.step();
            losses.Add(loss.item<float>());
        }

        losses.Zip(TorchFigures.Losses).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 10 * Tolerance);
        Training.Parameters.ShouldAgree(layout, model.Parameters, TorchFigures.Parameters, 1e-5f);
        model.Statistics.Zip(TorchFigures.Statistics).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-2f);
    }

    [Fact]
    public void The_layers_parts_are_applied_in_their_order()
    {
        // One unit a layer: z = 2 x + 1; normalised by mean 3 and variance 4; 5 times that, minus 1; ReLU; then -3 times that, plus 7.
        var layout = new NetworkLayout(1, [1]);
        using var scope = NewDisposeScope();
        using var model = MacroCausalModel.Load(layout, [2, 1, 5, -1, -3, 7], [3, 4 - 1e-5f], dropout: 0.5);
        model.eval();

        var predictions = Flat.Read(model.forward(tensor(new[] { 4f, -10f }).view(2, 1)));

        ((double)predictions[0]).ShouldBe(-3 * (5 * (9 - 3) / 2.0 - 1) + 7, 1e-4);
        ((double)predictions[1]).ShouldBe(7, 1e-6);
    }

    [Fact]
    public void Its_tensors_have_the_names_and_shapes_of_the_layout()
    {
        using var model = new MacroCausalModel(new NetworkLayout(3, [4, 2]), dropout: 0.1);

        model.named_parameters().Select(own => own.name).ShouldBe(model.Layout.Parameters.Select(slot => slot.Name));
        model.parameters().Zip(model.Layout.Parameters).ShouldAllBe(pair => pair.First.shape.SequenceEqual(pair.Second.Shape));
        model.named_buffers().Select(own => own.name).Where(name => !name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .ShouldBe(model.Layout.Statistics.Select(slot => slot.Name));
    }

    [Fact]
    public void It_evaluates_as_the_processors_kernels_do()
    {
        var (train, validation) = (SyntheticRows.Create(150), SyntheticRows.Create(61, seed: 2));
        using var kernels = new CpuTrainer(train, validation, new TrialStart(SyntheticRows.Options()), TimeProvider.System);
        var loss = kernels.RunEpoch().Loss.Validation;
        using var scope = NewDisposeScope();
        using var model = MacroCausalModel.Load(
            kernels.Capture().Layout, kernels.Capture().State.Parameters, kernels.Capture().State.Statistics);
        model.eval();

        var x = tensor(validation.Features).view(validation.Count, -1);

        ((double)functional.mse_loss(model.forward(x), tensor(validation.Target)).item<float>()).ShouldBe(loss, 1e-5 * loss);
    }

    [Fact]
    public void What_the_Registry_writes_is_read_and_written_again_byte_for_byte()
    {
        var written = Bytes(TrainedModel.Of(new MacroCausalModel(5, SyntheticRows.Options())));

        using var model = MacroCausalModel.ReadSafetensors(new MemoryStream(written), dropout: 0.3);
        using var again = new MemoryStream();
        model.WriteSafetensors(again);

        again.ToArray().ShouldBe(written);
    }

    [Fact]
    public void What_was_trained_plainly_predicts_the_same_once_it_is_read_again()
    {
        using var scope = NewDisposeScope();
        var rows = SyntheticRows.Create(64);
        using var model = new MacroCausalModel(new NetworkLayout(rows.FeatureCount, [8]), dropout: 0.2);
        using var adam = new HeldAdam(model.parameters(), 0.01);
        var (x, y) = (tensor(rows.Features).view(rows.Count, -1), tensor(rows.Target));
        for (var step = 0; step < 3; step++)
        {
            adam.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            adam.step();
        }

        using var file = new MemoryStream();
        model.WriteSafetensors(file);
        file.Position = 0;
        using var predictor = new Predictor(TrainedModel.Read(file));
        model.eval();

        var predictions = predictor.Predict(rows.Features);
        predictions.Zip(Flat.Read(model.forward(x))).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < Tolerance);
    }

    [Fact]
    public void Dropout_and_the_batchs_statistics_are_for_training_only()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var model = new MacroCausalModel(new NetworkLayout(4, [64]), dropout: 0.5);
        var x = randn(32, 4);
        float[] Predict() => Flat.Read(model.forward(x));

        Predict().ShouldNotBe(Predict());
        var statistics = model.Statistics;
        statistics.ShouldNotBe([.. new float[64], .. Enumerable.Repeat(1f, 64)]);

        model.eval();
        Predict().ShouldBe(Predict());
        model.Statistics.ShouldBe(statistics);

        model.train();
        Predict().ShouldNotBe(Predict());
    }

    [Fact]
    public void Dropout_silences_its_share_and_keeps_the_mean()
    {
        using var scope = NewDisposeScope();
        using var dropout = new DrawnDropout(0.25);

        var kept = Flat.Read(dropout.forward(ones(400, 100)));

        kept.Distinct().Order().ShouldBe([0, 1 / 0.75f]);
        kept.Average(value => (double)value).ShouldBe(1, 0.02);
    }

    [Fact]
    public void It_moves_with_all_that_it_has()
    {
        using var scope = NewDisposeScope();
        using var model = new MacroCausalModel(3, SyntheticRows.Options());
        var before = (model.Parameters, model.Statistics);

        model.to(ScalarType.Float64);

        model.forward(randn(4, 3, ScalarType.Float64)).dtype.ShouldBe(ScalarType.Float64);
        model.to(ScalarType.Float32);
        model.Parameters.ShouldBe(before.Parameters);
    }

    [Fact]
    public void A_seed_gives_the_first_weights_of_its_trial()
    {
        using var model = new MacroCausalModel(3, SyntheticRows.Options(seed: 9));

        model.Parameters.ShouldBe(WeightInitializer.Of(model.Layout, 9).Parameters);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_dropout_that_cannot_be_is_refused(double dropout) =>
        Should.Throw<ArgumentException>(() => new MacroCausalModel(new NetworkLayout(3, [4]), dropout))
            .Message.ShouldContain("0 to below 1");

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    public void Weights_of_another_shape_are_refused(int parameters, int statistics)
    {
        var layout = new NetworkLayout(3, [4, 2]);

        Should.Throw<ArgumentException>(() => MacroCausalModel.Load(
            layout, new float[layout.ParameterCount + parameters], new float[layout.StatisticCount + statistics]))
            .Message.ShouldContain("do not fit");
    }

    private static Tensor GoldenX() => tensor(Enumerable.Range(0, 15).Select(k => (float)Math.Cos(0.2 + 0.9 * k)).ToArray()).view(5, 3);

    private static byte[] Bytes(TrainedModel model)
    {
        using var stream = new MemoryStream();
        model.Write(stream);
        return stream.ToArray();
    }
}
