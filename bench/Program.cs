using System.CommandLine;
using MacroCausal.Bench;
using MacroCausal.Bench.Messages;
using MacroCausal.Bench.Soak;
using MacroCausal.Bench.Startup;

var root = new RootCommand("What MacroCausal claims about speed and search quality, measured on this machine, side by side.");
root.Add(MessagesCommand.Create());
root.Add(SoakCommand.Create());
root.Add(StartupCommand.Create());
Report.WriteMachine();
return await root.Parse(args).InvokeAsync();
