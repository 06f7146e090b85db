using System.Net;
using System.Text;

namespace MacroCausal.Storage.Tests.Aws;

/// <summary>Errors as S3 and DynamoDB put them.</summary>
internal static class AwsAnswers
{
    public static HttpResponseMessage S3(HttpStatusCode status, string code, string message = "Something is wrong.") =>
        Answer(status, $"""<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message><RequestId>1</RequestId></Error>""", "application/xml");

    public static HttpResponseMessage DynamoDb(HttpStatusCode status, string code, string message = "Something is wrong.", string more = "") =>
        Answer(status, $$"""{"__type":"com.amazonaws.dynamodb.v20120810#{{code}}","message":"{{message}}"{{more}}}""", "application/x-amz-json-1.0");

    private static HttpResponseMessage Answer(HttpStatusCode status, string body, string type) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, type) };
}
