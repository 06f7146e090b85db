using System.CommandLine;
using MacroCausal.Cli;
using MacroCausal.Cli.Commands;

var root = new RootCommand("Trains, tunes and registers MacroCausal models, on this machine or on AWS.")
{
    TrainCommand.Create(),
    ResumeCommand.Create(),
    ModelsCommand.Create(),
    PredictCommand.Create(),
    SubmitCommand.Create(),
    WatchCommand.Create(),
    DeadLettersCommand.Create(),
    SampleCommand.Create(),
};
return await CommandLine.RunAsync(root, args);
