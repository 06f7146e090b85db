using MacroCausal.Cdk;

try
{
    Deployment.Synthesize(args, Environment.GetEnvironmentVariable("CDK_OUTDIR") ?? "cdk.out");
    return 0;
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
