using MacroCausal.Cdk;

Deployment.Synthesize(args);
