using System.Diagnostics.Metrics;
using MacroCausal.TestKit;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace MacroCausal.Hosting.Tests;

public sealed class StudyScopeFilterTests
{
    [Fact]
    public async Task What_a_consumer_logs_is_in_the_scope_of_the_message_s_study_and_trial()
    {
        var (scopes, _) = await ConsumeAsync(new Question { ExecutionId = "e1", Trial = 7 });

        scopes.ShouldContain("ExecutionId=e1, Trial=7");
    }

    [Fact]
    public async Task A_message_of_no_study_has_an_empty_scope()
    {
        var (scopes, _) = await ConsumeAsync(new Notice());

        scopes.ShouldContain("");
    }

    [Fact]
    public async Task The_time_that_a_message_waited_is_measured_by_its_type()
    {
        var (_, waited) = await ConsumeAsync(new Question { ExecutionId = "e1", Trial = 7 });

        // The clock of the filter is ten minutes ahead of the sender's.
        waited.ShouldHaveSingleItem().ShouldBe(600, tolerance: 60);
    }

    private static async Task<(IReadOnlyList<string> Scopes, IReadOnlyList<double> Waited)> ConsumeAsync<T>(T message)
        where T : class
    {
        var scopes = new ScopeRecorder();
        using var queueTime = new QueueTime(typeof(T).Name);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(10));
        await using var provider = new ServiceCollection()
            .AddSingleton<TimeProvider>(time)
            .AddSingleton(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .AddLogging(logging => logging.AddProvider(scopes))
            .AddMassTransitTestHarness(bus =>
            {
                bus.AddConsumer<Consumer<T>>();
                bus.UsingInMemory((context, memory) =>
                {
                    memory.UseConsumeFilter(typeof(StudyScopeFilter<>), context);
                    memory.ConfigureEndpoints(context);
                });
            })
            .BuildServiceProvider(validateScopes: true);
        var harness = provider.GetRequiredService<ITestHarness>();
        await harness.Start();
        await harness.Bus.Publish(message);
        await provider.GetRequiredService<TaskCompletionSource>().Task.WaitAsync(Patience.Limit);
        await harness.Stop();
        return (scopes.Scopes, queueTime.Seconds);
    }

    internal sealed record Question
    {
        public string ExecutionId { get; init; } = "";

        public int Trial { get; init; }
    }

    internal sealed record Notice;

    internal sealed class Consumer<T>(TaskCompletionSource consumed) : IConsumer<T>
        where T : class
    {
        public Task Consume(ConsumeContext<T> context)
        {
            consumed.TrySetResult();
            return Task.CompletedTask;
        }
    }

    private sealed class QueueTime : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<double> _seconds = [];

        public QueueTime(string message)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument == MacroCausalMetrics.QueueTime) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
            {
                foreach (var tag in tags)
                {
                    if (tag is { Key: "message", Value: string name } && name == message) _seconds.Add(seconds);
                }
            });
            _listener.Start();
        }

        public IReadOnlyList<double> Seconds => _seconds;

        public void Dispose() => _listener.Dispose();
    }

    private sealed class ScopeRecorder : ILoggerProvider, ILogger
    {
        private readonly List<string> _scopes = [];

        public IReadOnlyList<string> Scopes
        {
            get
            {
                lock (_scopes)
                {
                    return [.. _scopes];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            if (state is Dictionary<string, object?> scope)
            {
                lock (_scopes)
                {
                    _scopes.Add(string.Join(", ", scope.Select(entry => $"{entry.Key}={entry.Value}")));
                }
            }

            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
