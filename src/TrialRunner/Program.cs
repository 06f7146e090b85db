using MacroCausal.Hosting;
using MacroCausal.Storage;
using MacroCausal.Storage.Aws;
using MacroCausal.TrialRunner;
using Microsoft.AspNetCore.Builder;

var builder = WebApplication.CreateSlimBuilder(args).AddServiceDefaults("trial-runner");
builder.Services.AddAwsStorage(AwsStorageOptions.Read(name => builder.Configuration[name])).AddTrialRunner()
    .AddRunnerHealth();
builder.Services.AddAmazonSqsBus(bus => bus.AddTrialRunner(), ServiceDefaults.StopTimeout);
await builder.RunServiceAsync();
