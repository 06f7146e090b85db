using System.CommandLine;

namespace MacroCausal.Cli.Commands;

/// <summary>The options that say what a study is asked for; <c>train</c> and <c>submit</c> share them.</summary>
internal sealed class StudyOptions
{
    private readonly Option<string?> _target = new("--target") { Description = "Column to predict [default: target]" };
    private readonly Option<string?> _executionId = new("--execution-id") { Description = "Id of the study [default: made of the time]" };
    private readonly Option<int?> _trials = CommonOptions.Number<int>("--trials", "Most trials [default: 20]");
    private readonly Option<int?> _maxEpochs = CommonOptions.Number<int>("--max-epochs", "Most epochs of a trial [default: 100]");
    private readonly Option<long?> _seed = CommonOptions.Number<long>("--seed", "Seed of everything random [default: 0]");
    private readonly Option<string?> _searchSpace = new("--search-space") { Description = "JSON file of hyperparameters that differ from the default space" };

    public void AddTo(Command command)
    {
        command.Add(_target);
        command.Add(_executionId);
        command.Add(_trials);
        command.Add(_maxEpochs);
        command.Add(_seed);
        command.Add(_searchSpace);
    }

    public StartTraining Read(ParseResult parsed) => new()
    {
        ExecutionId = parsed.GetValue(_executionId),
        Target = parsed.GetValue(_target),
        Trials = parsed.GetValue(_trials),
        MaxEpochs = parsed.GetValue(_maxEpochs),
        Seed = parsed.GetValue(_seed),
        SearchSpace = SearchSpaceFile.Read(parsed.GetValue(_searchSpace)),
    };
}
