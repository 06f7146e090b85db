using MacroCausal.AmazonSqs.Sending;

namespace MassTransit;

/// <summary>Sets what only SQS knows of a message, with the same calls as MassTransit.AmazonSQS.</summary>
public static class AmazonSqsSendContextExtensions
{
    /// <summary>
    /// Sets the group that a message of a standard queue belongs to: SQS serves the groups fairly, so that one with many messages does not
    /// keep the others waiting. A broker that knows no fair queues gets the message without its group; SNS never gets it. False, and
    /// nothing is changed, where the message goes by another transport.
    /// </summary>
    /// <param name="context">The message on its way.</param>
    /// <param name="groupId">1 to 128 letters, digits and punctuation of ASCII; what is not is refused when the message is sent.</param>
    public static bool TrySetGroupId(this SendContext context, string groupId)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.TryGetPayload(out IGroupedMessage? message)) return false;

        message.GroupId = groupId;
        return true;
    }
}
