using System.CommandLine;
using MacroCausal.Bench;
using MacroCausal.Bench.Scaling;
using MacroCausal.Bench.Tuner;

var root = new RootCommand("What MacroCausal claims about speed and search quality, measured on this machine, side by side.");
root.Add(TunerCommand.Create());
root.Add(ScalingCommand.Create());
Report.WriteMachine();
return await root.Parse(args).InvokeAsync();
