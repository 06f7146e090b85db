using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace MacroCausal.AmazonSqs.Sns;

/// <summary>One call of SNS's query API: an action and its parameters.</summary>
internal sealed class SnsRequest(string action) : AmazonWebServiceRequest
{
    private readonly SortedDictionary<string, string> _parameters = new(StringComparer.Ordinal)
    {
        ["Action"] = action,
        ["Version"] = "2010-03-31",
    };

    public SnsRequest Set(string name, string value)
    {
        _parameters[name] = value;
        return this;
    }

    /// <summary>
    /// Sets a map as the query protocol writes it: <c>{name}.entry.1.key</c>, <c>{name}.entry.1.value</c>, counted from 1.
    /// </summary>
    public SnsRequest SetMap(string name, IEnumerable<KeyValuePair<string, string>> entries)
    {
        foreach (var (index, (key, value)) in entries.Index())
        {
            Set($"{name}.entry.{index + 1}.key", key);
            Set($"{name}.entry.{index + 1}.value", value);
        }

        return this;
    }

    /// <summary>Writes a call as the form-encoded POST of the query protocol.</summary>
    internal sealed class Marshaller : IMarshaller<IRequest, AmazonWebServiceRequest>
    {
        public IRequest Marshall(AmazonWebServiceRequest input)
        {
            var call = new DefaultRequest(input, "Amazon.SimpleNotificationService") { HttpMethod = "POST", ResourcePath = "/" };
            foreach (var (name, value) in ((SnsRequest)input)._parameters)
            {
                call.Parameters.Add(name, value);
            }

            return call;
        }
    }
}

/// <summary>SNS's answer, which is XML.</summary>
internal sealed class SnsResponse : AmazonWebServiceResponse
{
    public XElement Xml { get; private init; } = new("None");

    public IEnumerable<XElement> All(string name) => Xml.Descendants().Where(element => element.Name.LocalName == name);

    public string Value(string name) =>
        All(name).FirstOrDefault()?.Value ?? throw new AmazonClientException($"SNS answered without '{name}': {Xml}");

    internal sealed class Unmarshaller : XmlResponseUnmarshaller
    {
        public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input)
        {
            var xml = XElement.Load(input.Stream);
            return new SnsResponse { Xml = xml, ResponseMetadata = new ResponseMetadata { RequestId = Find(xml, "RequestId") } };
        }

        public override AmazonServiceException UnmarshallException(
            XmlUnmarshallerContext input,
            Exception innerException,
            HttpStatusCode statusCode)
        {
            var xml = ReadError(input);
            var isReceiver = (int)statusCode >= 500 || Find(xml, "Type") == "Receiver";
            var type = isReceiver ? ErrorType.Receiver : ErrorType.Sender;
            var message = Find(xml, "Message") ?? $"SNS answered {(int)statusCode} ({statusCode}).";
            return new SnsException(message, innerException, type, Find(xml, "Code"), Find(xml, "RequestId"), statusCode);
        }

        private static XElement? ReadError(XmlUnmarshallerContext input)
        {
            try
            {
                return XElement.Load(input.Stream);
            }
            catch (XmlException)
            {
                return null;
            }
        }

        private static string? Find(XElement? xml, string name) =>
            xml?.DescendantsAndSelf().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
    }
}

/// <summary>SNS refused a call; the message and <see cref="AmazonServiceException.ErrorCode"/> are SNS's own.</summary>
public sealed class SnsException : AmazonServiceException
{
    internal SnsException(
        string message,
        Exception? innerException,
        ErrorType errorType,
        string? errorCode,
        string? requestId,
        HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}
