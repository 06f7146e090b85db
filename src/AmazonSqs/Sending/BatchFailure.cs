namespace MacroCausal.AmazonSqs.Sending;

/// <summary>Why one entry of a batch was refused, in the service's words.</summary>
/// <param name="Code">The service's error code.</param>
/// <param name="Message">What the service said.</param>
/// <param name="SenderFault">True where the same entry would be refused again; false where a retry may go through.</param>
internal sealed record BatchFailure(string Code, string Message, bool SenderFault);
