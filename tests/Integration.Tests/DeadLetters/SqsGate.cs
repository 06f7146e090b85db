using System.Net;
using MacroCausal.TestKit;

namespace MacroCausal.Integration.Tests.DeadLetters;

/// <summary>Stands before the emulator and passes calls on, all but those of one action: they are refused, or never answered.</summary>
internal sealed class SqsGate : IDisposable
{
    private static readonly byte[] Denied =
        """{"__type":"com.amazonaws.sqs#AccessDeniedException","message":"User: arn:aws:iam::1:user/op is not authorized"}"""u8.ToArray();

    private readonly HttpListener _listener = new();
    private readonly HttpClient _http;
    private readonly string _action;
    private readonly bool _refuses;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SqsGate(Uri emulator, string action, bool refuses)
    {
        (_action, _refuses) = (action, refuses);
        _http = new HttpClient { BaseAddress = emulator };
        Address = new Uri($"http://127.0.0.1:{Services.ServiceProcess.FreePort()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>Ends when the action was called for the first time.</summary>
    public Task Reached => _reached.Task.WaitAsync(Patience.Limit);

    public void Dispose()
    {
        _listener.Close();
        _http.Dispose();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            var context = await _listener.GetContextAsync();
            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        if (context.Request.Headers["X-Amz-Target"] != "AmazonSQS." + _action)
        {
            await PassOnAsync(context);
            return;
        }

        _reached.TrySetResult();
        if (_refuses)
        {
            await WriteAsync(context, HttpStatusCode.Forbidden, Denied);
        }
    }

    private async Task PassOnAsync(HttpListenerContext context)
    {
        using var body = new StreamContent(context.Request.InputStream);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = body };
        foreach (var name in context.Request.Headers.AllKeys.Where(name => name is not ("Host" or "Content-Length")))
        {
            if (!request.Headers.TryAddWithoutValidation(name!, context.Request.Headers[name]))
            {
                body.Headers.TryAddWithoutValidation(name!, context.Request.Headers[name]);
            }
        }

        using var answer = await _http.SendAsync(request);
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await WriteAsync(context, answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }

    private static async Task WriteAsync(HttpListenerContext context, HttpStatusCode status, byte[] body)
    {
        context.Response.StatusCode = (int)status;
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }
}
