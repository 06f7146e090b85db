using System.CommandLine;
using MacroCausal.Bench;
using MacroCausal.Bench.Scaling;
using MacroCausal.Bench.Search;
using MacroCausal.Bench.Training;
using MacroCausal.Bench.Tuner;

var root = new RootCommand("What MacroCausal claims about speed and search quality, measured on this machine, side by side.");
root.Add(TrainingCommand.Create());
root.Add(TrainingPart.Create());
root.Add(TunerCommand.Create());
root.Add(ScalingCommand.Create());
root.Add(SearchCommand.Create());
Report.WriteMachine();
return await root.Parse(args).InvokeAsync();
