using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using MacroCausal.Model.Export;
using MacroCausal.Model.Networks;
using MacroCausal.TestKit;
using static TorchSharp.torch;

namespace MacroCausal.Model.Tests.Samples;

/// <summary>The sample that trains in plain TorchSharp, and the script that predicts in PyTorch with what it writes.</summary>
[Trait("Category", "Slow")]
public sealed class SampleTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly string _folder = Directory.CreateTempSubdirectory("macrocausal-sample-").FullName;

    private string Weights => Path.Combine(_folder, "model.safetensors");

    private string Predictions => Path.Combine(_folder, "predictions.csv");

    [Fact]
    public void What_the_sample_writes_is_read_by_us_and_by_PyTorch_and_predicts_the_same()
    {
        Train();

        using var file = File.OpenRead(Weights);
        using var predictor = new Predictor(TrainedModel.Read(file));
        var rows = File.ReadLines(Predictions)
            .Select(line => line.Split(',').Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToList();
        rows.Count.ShouldBe(201);
        rows.Select(row => row[^1]).Distinct().Count().ShouldBeGreaterThan(100);
        predictor.Predict([.. rows.SelectMany(row => row[..^1])]).Zip(rows, (own, row) => Math.Abs(own - row[^1])).Max()
            .ShouldBeLessThan(1e-5f);
        ShouldAgreeWherePyTorchIs();
    }

    [Fact]
    public void An_ensemble_predicts_the_same_in_PyTorch()
    {
        var x = Enumerable.Range(0, 50 * 3).Select(cell => MathF.Sin(cell)).ToArray();
        var ensemble = new ModelEnsemble(
        [
            Member([8, 4], 1), Member([5], 3), .. Enum.GetValues<Activation>().Select(
                activation => Member([6], 1, new() { Activation = activation }, withBaseline: true)),
            Member([6], 1, new() { Skip = true }), Member([6], 1, new() { Skip = true, Activation = Activation.Tanh }, withBaseline: true),
        ]);
        using (var file = File.Create(Weights))
        {
            ensemble.Write(file);
        }

        using var predictor = new Predictor(ensemble);
        File.WriteAllLines(Predictions, predictor.Predict(x).Select((value, row) => string.Join(
            ',', x.Skip(3 * row).Take(3).Append(value).Select(cell => cell.ToString("R", CultureInfo.InvariantCulture)))));

        ShouldAgreeWherePyTorchIs();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static EnsembleMember Member(int[] hidden, int weight, NetworkStyle? style = null, bool withBaseline = false)
    {
        using var network = new MacroCausalModel(new NetworkLayout(3, hidden, style));
        using (no_grad())
        {
            network.get_parameter("skip.weight")?.copy_(tensor(new[] { 0.5f, -0.25f, 1 }).view(1, 3));
        }

        var model = TrainedModel.Of(network);
        return new EnsembleMember(
            withBaseline ? model.WithBaseline([0.5, -0.25, 2], 0.1, 0.5, [-0.5f, -0.9f, 0], [0.5f, 0.1f, 0.8f]) : model, weight);
    }

    // In this process: one of its own would load torch once more.
    private void Train() => Assembly.Load("MacroCausal.TorchSample").EntryPoint!.Invoke(
        null, [new[] { Path.Combine(RepositoryRoot.Path, "samples", "us-macro-quarterly.csv"), _folder }]);

    private void ShouldAgreeWherePyTorchIs()
    {
        if (!File.Exists(Python)) return;
        var (exitCode, output) = Run(Path.Combine(RepositoryRoot.Path, "samples", "python", "predict.py"), Weights, Predictions);
        if (output.Contains("No module named", StringComparison.Ordinal)) return;

        exitCode.ShouldBe(0, output);
        output.ShouldContain("rows, PyTorch");
    }

    private static (int ExitCode, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
