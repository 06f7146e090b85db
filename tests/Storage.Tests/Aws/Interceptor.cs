using Amazon.Runtime;

namespace MacroCausal.Storage.Tests.Aws;

/// <summary>Stands between the SDK and the network: sees every request, and answers it, passes it on, or loses what comes back.</summary>
internal sealed class Interceptor(Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> act) : HttpClientFactory
{
    /// <summary>Answers the first request with each of these and passes on what follows.</summary>
    public static Interceptor First(params HttpResponseMessage[] answers)
    {
        var waiting = new Queue<HttpResponseMessage>(answers);
        return new((_, send) => waiting.TryDequeue(out var answer) ? Task.FromResult(answer) : send());
    }

    /// <summary>Answers every request alike.</summary>
    public static Interceptor Always(Func<HttpResponseMessage> answer) => new((_, _) => Task.FromResult(answer()));

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(act));

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    private sealed class Handler(Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> act) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            act(request, () => base.SendAsync(request, cancellationToken));
    }
}
