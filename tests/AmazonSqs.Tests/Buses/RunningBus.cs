using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MacroCausal.AmazonSqs.Tests.Buses;

/// <summary>A bus for one test, with queues and topics of its own.</summary>
internal sealed class RunningBus : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IBusControl _bus;

    private RunningBus(ServiceProvider services)
    {
        _services = services;
        _bus = services.GetRequiredService<IBusControl>();
    }

    public IBus Bus => _bus;

    public RecordedLog Log => _services.GetRequiredService<RecordedLog>();

    public static async Task<RunningBus> Start(Action<IBusRegistrationConfigurator> configure)
    {
        var log = new RecordedLog();
        var services = new ServiceCollection()
            .AddSingleton(log)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log))
            .AddMassTransit(bus =>
            {
                bus.DisableUsageTelemetry();
                configure(bus);
            })
            .BuildServiceProvider();
        var running = new RunningBus(services);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await running._bus.StartAsync(patience.Token);
        return running;
    }

    public T Service<T>()
        where T : notnull => _services.CreateScope().ServiceProvider.GetRequiredService<T>();

    public BusHealthResult Health() => _bus.CheckHealth();

    public async Task Send<T>(string queue, T message, Action<SendContext<T>>? configure = null)
        where T : class
    {
        var endpoint = await _bus.GetSendEndpoint(new Uri($"queue:{queue}"));
        await endpoint.Send(message, Pipe.Execute<SendContext<T>>(context => configure?.Invoke(context)));
    }

    /// <summary>Stops the bus; consumers get <paramref name="patience"/> to finish.</summary>
    public async Task Stop(TimeSpan patience)
    {
        using var source = new CancellationTokenSource(patience);
        await _bus.StopAsync(source.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Stop(TimeSpan.FromSeconds(10));
        await _services.DisposeAsync();
    }
}
