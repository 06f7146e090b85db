using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Web;
using Amazon.Runtime;

namespace MacroCausal.AmazonSqs.Tests.Buses;

/// <summary>Sits between the SDK and the emulator: counts the calls, and answers with an error where a test wants one.</summary>
internal sealed class Faults(Func<string, int, AwsFault?> answer) : HttpClientFactory
{
    private readonly Func<string, int, AwsFault?> _answer = answer;
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _bodies = new(StringComparer.Ordinal);

    public static AwsFault Throttled { get; } = new(HttpStatusCode.BadRequest, "ThrottlingException", "Rate exceeded");

    public static AwsFault Overloaded { get; } = new(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable", "Try again later");

    public static AwsFault Denied { get; } =
        new(HttpStatusCode.Forbidden, "AccessDenied", "User: emulator is not authorized to perform this action");

    /// <summary>What a call of an operation waits for before it is answered.</summary>
    public Func<string, Task> Delay { get; init; } = _ => Task.CompletedTask;

    /// <summary>How the last call was signed.</summary>
    public string Authorization { get; private set; } = "";

    /// <summary>What the last call of an operation of SQS said.</summary>
    public string LastBody(string operation) => _bodies[operation];

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
            faults._bodies[operation] = await request.Content!.ReadAsStringAsync(cancellationToken);
            var number = faults._calls.AddOrUpdate(operation, 1, (_, calls) => calls + 1);
            await faults.Delay(operation).WaitAsync(cancellationToken);
            var isSqs = request.Headers.Contains("X-Amz-Target");
            return faults._answer(operation, number)?.ToResponse(isSqs) ?? await base.SendAsync(request, cancellationToken);
        }

        private static async Task<string> Operation(HttpRequestMessage request)
        {
            if (request.Headers.TryGetValues("X-Amz-Target", out var target)) return target.Single().Split('.')[^1];
            return HttpUtility.ParseQueryString(await request.Content!.ReadAsStringAsync())["Action"]!;
        }
    }
}

/// <summary>An error of AWS: JSON from SQS, XML from SNS.</summary>
internal sealed record AwsFault(HttpStatusCode Status, string Code, string Message)
{
    public HttpResponseMessage ToResponse(bool isSqs) => new(Status)
    {
        Content = isSqs
            ? new StringContent(Json, Encoding.UTF8, "application/x-amz-json-1.0")
            : new StringContent(Xml, Encoding.UTF8, "text/xml"),
    };

    private string Json => $$"""{"__type":"com.amazonaws.sqs#{{Code}}","message":"{{Message}}"}""";

    private string Xml =>
        $"<ErrorResponse><Error><Type>Sender</Type><Code>{Code}</Code><Message>{Message}</Message></Error></ErrorResponse>";
}
