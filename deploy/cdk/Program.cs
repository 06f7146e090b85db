using MacroCausal.Cdk;

try
{
    Deployment.Synthesize(args, Environment.GetEnvironmentVariable("CDK_OUTDIR") ?? "cdk.out");
    return 0;
}
catch (ArgumentException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
