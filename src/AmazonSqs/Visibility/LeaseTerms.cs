using MassTransit;
using MassTransit.Logging;

namespace MacroCausal.AmazonSqs.Visibility;

/// <summary>What all leases of an endpoint have in common.</summary>
/// <param name="InputAddress">The endpoint's address.</param>
/// <param name="Plan">When visibility is renewed.</param>
/// <param name="RedeliverAfter">How long a message stays hidden whose consumer failed.</param>
/// <param name="Log">Where to say what went wrong; the clock's thread has no log context of its own.</param>
internal sealed record LeaseTerms(Uri InputAddress, RenewalPlan Plan, Func<TimeSpan> RedeliverAfter, ILogContext Log);
