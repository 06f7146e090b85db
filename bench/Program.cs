using System.CommandLine;
using MacroCausal.Bench;

var root = new RootCommand("What MacroCausal claims about speed and search quality, measured on this machine, side by side.");
Report.WriteMachine();
return await root.Parse(args).InvokeAsync();
