using MacroCausal.Model.Networks;
using MacroCausal.Model.Torch;
using MacroCausal.TorchSample;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// MacroCausalModel in plain TorchSharp: next quarter's growth of real GDP from the figures of this one. Arguments: the table, and a folder.
random.manual_seed(1);
using var table = QuarterlyTable.Read(args[0], trainShare: 0.8);
using var model = new MacroCausalModel(new NetworkLayout(features: table.Columns, hiddenLayers: [32, 16]), dropout: 0.1);
using var adam = new HeldAdam(model.parameters(), learningRate: 3e-3, weightDecay: 1e-4);

for (var epoch = 1; epoch <= 40; epoch++)
{
    using var scope = NewDisposeScope();
    model.train();
    foreach (var batch in randperm(table.TrainRows, ScalarType.Int64).split(32).Where(batch => batch.shape[0] > 1))
    {
        adam.zero_grad();
        var loss = functional.mse_loss(model.call(table.X.index_select(0, batch)), table.Y.index_select(0, batch));
        loss.backward();
        adam.step();
    }

    using var frozen = no_grad();
    model.eval();
    var predicted = model.call(table.X);
    float Loss(int from, int rows) => functional.mse_loss(predicted.narrow(0, from, rows), table.Y.narrow(0, from, rows)).item<float>();
    var (train, validation) = (Loss(0, table.TrainRows), Loss(table.TrainRows, table.Rows - table.TrainRows));
    Console.WriteLine($"epoch {epoch}: training {train:F3}, validation {validation:F3}");
}

using (var file = File.Create(Path.Combine(args[1], "model.safetensors")))
{
    model.WriteSafetensors(file);
}

table.WritePredictions(Path.Combine(args[1], "predictions.csv"), model);
