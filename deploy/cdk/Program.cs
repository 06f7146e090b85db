using MacroCausal.Cdk;

Deployment.Synthesize(args, Environment.GetEnvironmentVariable("CDK_OUTDIR") ?? "cdk.out");
