using System.CommandLine;
using MacroCausal.Bench;
using MacroCausal.Bench.Messages;

var root = new RootCommand("What MacroCausal claims about speed and search quality, measured on this machine, side by side.");
root.Add(MessagesCommand.Create());
Report.WriteMachine();
return await root.Parse(args).InvokeAsync();
