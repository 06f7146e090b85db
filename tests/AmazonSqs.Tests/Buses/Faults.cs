using System.Collections.Concurrent;
using System.Net;
using System.Web;
using Amazon.Runtime;

namespace MacroCausal.AmazonSqs.Tests.Buses;

/// <summary>Stands between the SDK and the emulator, counts the calls, and answers in the emulator's place where a test wants it to.</summary>
internal sealed class Faults(Func<string, int, Fault?> answer) : HttpClientFactory
{
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);

    public static Fault Throttled { get; } = new(HttpStatusCode.BadRequest, "ThrottlingException", "Rate exceeded");

    public static Fault Overloaded { get; } = new(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable", "Try again later");

    public static Fault Denied { get; } = new(HttpStatusCode.Forbidden, "AccessDenied", "User: emulator is not authorized to perform this action");

    /// <summary>How the last call was signed.</summary>
    public string Authorization { get; private set; } = "";

    /// <summary>How often an operation was called.</summary>
    public int Calls(string operation) => _calls.GetValueOrDefault(operation);

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(this));

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    private sealed class Handler(Faults faults) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var operation = await Operation(request);
            faults.Authorization = request.Headers.GetValues("Authorization").Single();
            var number = faults._calls.AddOrUpdate(operation, 1, (_, calls) => calls + 1);
            var isSqs = request.Headers.Contains("X-Amz-Target");
            return faults.Answer(operation, number)?.ToResponse(isSqs) ?? await base.SendAsync(request, cancellationToken);
        }

        private static async Task<string> Operation(HttpRequestMessage request)
        {
            if (request.Headers.TryGetValues("X-Amz-Target", out var target)) return target.Single().Split('.')[^1];
            return HttpUtility.ParseQueryString(await request.Content!.ReadAsStringAsync())["Action"]!;
        }
    }

    private Fault? Answer(string operation, int number) => answer(operation, number);
}
