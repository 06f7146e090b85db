using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace MacroCausal.AmazonSqs.Sns;

/// <summary>One call of SNS's query API: an action and its parameters.</summary>
internal sealed class SnsRequest(string action) : AmazonWebServiceRequest
{
    private readonly SortedDictionary<string, string> _parameters = new(StringComparer.Ordinal) { ["Action"] = action, ["Version"] = "2010-03-31" };

    public SnsRequest Set(string name, string value)
    {
        _parameters[name] = value;
        return this;
    }

    /// <summary>Numbers the entries from 1, as the query protocol wants its maps: <c>{name}.entry.1.key</c>, <c>{name}.entry.1.value</c>.</summary>
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
            foreach (var (name, value) in ((SnsRequest)input)._parameters) call.Parameters.Add(name, value);
            return call;
        }
    }
}
