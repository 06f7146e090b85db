using MacroCausal.DataPrep;
using MacroCausal.Hosting;
using MacroCausal.Storage;
using MacroCausal.Storage.Aws;
using Microsoft.AspNetCore.Builder;

var builder = WebApplication.CreateSlimBuilder(args).AddServiceDefaults("data-prep");
builder.Services.AddAwsStorage(AwsStorageOptions.Read(name => builder.Configuration[name])).AddDataPrep();
builder.Services.AddAmazonSqsBus(bus => bus.AddDataPrep(), ServiceDefaults.StopTimeout);
await builder.RunServiceAsync();
