using MacroCausal.Hosting;
using MacroCausal.Registry;
using MacroCausal.Storage.Aws;
using Microsoft.AspNetCore.Builder;

var builder = WebApplication.CreateSlimBuilder(args).AddServiceDefaults("registry");
builder.Services.AddAwsStorage(AwsStorageOptions.Read(name => builder.Configuration[name])).AddRegistry();
builder.Services.AddAmazonSqsBus(bus => bus.AddRegistry(), ServiceDefaults.StopTimeout);
await builder.RunServiceAsync();
