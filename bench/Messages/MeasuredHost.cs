using MacroCausal.Cli;
using MacroCausal.Storage;
using MacroCausal.Tuner;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Bench.Messages;

/// <summary>What both stacks have in common: the real Tuner over timed records, and services whose work costs nothing.</summary>
internal static class MeasuredHost
{
    public static HostApplicationBuilder CreateBuilder(Stopwatches watches, StudyEnds ends, StudyShape shape, Pace? pace)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        QuietLogging.AddTo(builder.Logging);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(watches).AddSingleton(ends).AddSingleton(shape);
        if (pace is not null)
        {
            builder.Services.AddSingleton(pace).PostConfigure<TunerOptions>(options => options.MaxSegments = pace.MaxSegments);
        }

        return builder;
    }

    /// <summary>Puts a stopwatch before the study store that was registered last.</summary>
    public static void TimeRecords(IServiceCollection services)
    {
        var real = services.Last(service => service.ServiceType == typeof(IStudyStore));
        services.AddSingleton<IStudyStore>(
            provider => new TimedStudyStore(Create(real, provider), provider.GetRequiredService<Stopwatches>()));
    }

    public static void AddConsumers(IBusRegistrationConfigurator bus, int parallelism, Pace? pace)
    {
        bus.AddTuner();
        bus.AddConsumer<InstantDataPrep>().Endpoint(endpoint => endpoint.Name = QueueNames.PrepareData);
        (pace is null ? bus.AddConsumer<InstantRunner>() : (IConsumerRegistrationConfigurator)bus.AddConsumer<PacedRunner>())
            .Endpoint(endpoint =>
            {
                endpoint.Name = QueueNames.RunTrial;
                endpoint.PrefetchCount = pace?.Workers ?? Math.Min(parallelism, 256);
            });
        bus.AddConsumer<InstantRegistry>().Endpoint(endpoint => endpoint.Name = QueueNames.RegisterModel);
        bus.AddConsumer<StudyEndConsumer>().Endpoint(endpoint => endpoint.Name = "bench-study-ends");
        bus.AddConsumeObserver<MessageWatch>();
    }

    private static IStudyStore Create(ServiceDescriptor real, IServiceProvider provider) => (IStudyStore)(real.ImplementationInstance
        ?? real.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType!));
}
