using MacroCausal.Hosting;
using MacroCausal.Storage;
using MacroCausal.Storage.Aws;
using MacroCausal.Tuner;
using Microsoft.AspNetCore.Builder;

var builder = WebApplication.CreateSlimBuilder(args).AddServiceDefaults("tuner");
builder.Services.AddAwsStorage(AwsStorageOptions.Read(name => builder.Configuration[name])).AddTuner();
builder.Services.AddAmazonSqsBus(bus => bus.AddTuner(), ServiceDefaults.StopTimeout);
await builder.RunServiceAsync();
