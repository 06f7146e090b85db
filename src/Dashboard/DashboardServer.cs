using System.Net;
using System.Net.Sockets;
using MacroCausal.Dashboard.Access;
using MacroCausal.Dashboard.Feed;
using MacroCausal.Dashboard.Pages;
using MacroCausal.Dashboard.Studies;
using MacroCausal.Reporting.Documents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MacroCausal.Dashboard;

/// <summary>The dashboard of one store, served on 127.0.0.1 to whoever has its link.</summary>
public sealed class DashboardServer : IAsyncDisposable
{
    private const int MaxBodyBytes = 16 * 1024;

    // Long enough for a page to fetch the last change.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    // Long enough for a page to be told that what it asked for is done.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private readonly WebApplication _app;
    private readonly TimeProvider _time;

    private DashboardServer(WebApplication app, TimeProvider time) => (_app, _time) = (app, time);

    /// <summary>The address with the key to the pages.</summary>
    public Uri Link => new(Address, $"{AccessRules.Login}?t={_app.Services.GetRequiredService<AccessKeys>().Token}");

    /// <summary>The address of a study's page with the key.</summary>
    public Uri LinkTo(string executionId) => new($"{Link}&study={Uri.EscapeDataString(executionId)}");

    /// <summary>The address without the key.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Starts to serve.</summary>
    /// <exception cref="PortRefusedException">The port is taken, or this user may not have it.</exception>
    public static async Task<DashboardServer> StartAsync(DashboardOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var app = Build(options);
        try
        {
            await app.StartAsync(cancellationToken);
            return new DashboardServer(app, options.Time);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await app.DisposeAsync();
            throw new PortRefusedException(
                Invariant($"Port {options.Port} of this machine is taken; end what uses it, name another, or name none for a free one."),
                exception);
        }
        catch (SocketException exception)
        {
            await app.DisposeAsync();
            throw new PortRefusedException(
                Invariant($"Port {options.Port} of this machine cannot be used: {exception.Message.TrimEnd('.')}; name another, or none."),
                exception);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells the open pages the last change, lets them fetch it, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        var feed = _app.Services.GetRequiredService<StoreFeed>();
        feed.TryLook();
        if (feed.Followers > 0)
        {
            await Task.Delay(Farewell, _time);
        }

        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    // No file and no environment setting has a say: a dashboard must not listen anywhere else.
    private static WebApplication Build(DashboardOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.Services.AddRouting();
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new ShownTextConverter()));
        builder.Services.AddSingleton(options).AddSingleton<AccessKeys>().AddSingleton<FrontEnd>()
            .AddSingleton(new StoreFeed(options.Changes, options.Time))
            .AddHostedService(services => services.GetRequiredService<StoreFeed>())
            .AddSingleton(services => new StudyCatalog(
                options.Studies, options.Objects, services.GetRequiredService<StoreFeed>().StampOf,
                services.GetRequiredService<StoreFeed>().TrialsOf));
        var app = builder.Build();
        app.UseMiddleware<AccessMiddleware>();
        app.UseMiddleware<FailureMiddleware>();
        app.UseRouting();
        app.MapPages();
        app.MapData(options.Starter);
        app.MapOpenApi("/api/openapi.json");
        return app;
    }
}
