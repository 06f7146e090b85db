using MacroCausal.Cli;

return await CommandLine.RunProcessAsync(args);
