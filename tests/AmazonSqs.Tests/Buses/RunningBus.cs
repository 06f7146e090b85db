using System.Collections.Concurrent;
using MacroCausal.TestKit;
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
        using var timeout = new CancellationTokenSource(Patience.Limit);
        await running._bus.StartAsync(timeout.Token);
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

    /// <summary>Stops the bus; consumers get <paramref name="timeout"/> to finish.</summary>
    public async Task Stop(TimeSpan timeout)
    {
        using var source = new CancellationTokenSource(timeout);
        await _bus.StopAsync(source.Token);
    }

    /// <summary>Stops the bus without waiting for the polls to end; a test about stopping calls <see cref="Stop"/> first.</summary>
    public async ValueTask DisposeAsync()
    {
        await Stop(TimeSpan.Zero);
        await _services.DisposeAsync();
    }
}

/// <summary>Keeps what was logged, so that tests can read it.</summary>
internal sealed class RecordedLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _entries = new();

    public IEnumerable<string> All => _entries.Select(entry => entry.Text);

    public IEnumerable<string> Warnings => _entries.Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Text);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((logLevel, $"{formatter(state, exception)} {exception?.Message}"));

    public void Dispose()
    {
    }
}
