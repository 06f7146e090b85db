using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;

namespace MacroCausal.AmazonSqs.Sns;

/// <summary>SNS's answer, as the XML that it is.</summary>
internal sealed class SnsResponse : AmazonWebServiceResponse
{
    public XElement Xml { get; private init; } = new("None");

    public IEnumerable<XElement> All(string name) => Xml.Descendants().Where(element => element.Name.LocalName == name);

    public string Value(string name) => All(name).FirstOrDefault()?.Value ?? throw new AmazonClientException($"SNS answered without '{name}': {Xml}");

    internal sealed class Unmarshaller : XmlResponseUnmarshaller
    {
        public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input)
        {
            var xml = XElement.Load(input.Stream);
            return new SnsResponse { Xml = xml, ResponseMetadata = new ResponseMetadata { RequestId = Find(xml, "RequestId") } };
        }

        public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
        {
            var xml = ReadError(input);
            var receiver = (int)statusCode >= 500 || Find(xml, "Type") == "Receiver";
            var message = Find(xml, "Message") ?? $"SNS answered {(int)statusCode} ({statusCode}).";
            return new SnsException(message, innerException, receiver ? ErrorType.Receiver : ErrorType.Sender, Find(xml, "Code"), Find(xml, "RequestId"), statusCode);
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

        private static string? Find(XElement? xml, string name) => xml?.DescendantsAndSelf().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
    }
}
