using System.Net;
using System.Text;

namespace MacroCausal.AmazonSqs.Tests.Buses;

/// <summary>An error of AWS, which SQS says in JSON and SNS in XML.</summary>
internal sealed record Fault(HttpStatusCode Status, string Code, string Message)
{
    public HttpResponseMessage ToResponse(bool isSqs) => new(Status)
    {
        Content = isSqs
            ? new StringContent($$"""{"__type":"com.amazonaws.sqs#{{Code}}","message":"{{Message}}"}""", Encoding.UTF8, "application/x-amz-json-1.0")
            : new StringContent($"<ErrorResponse><Error><Type>Sender</Type><Code>{Code}</Code><Message>{Message}</Message></Error></ErrorResponse>", Encoding.UTF8, "text/xml"),
    };
}
