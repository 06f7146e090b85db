using MacroCausal.Cli;

return await CommandLine.RunAsync(args, CommandLine.ForProcess());
