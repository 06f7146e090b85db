using MassTransit;

namespace MacroCausal.AmazonSqs.Tests.Buses;

public sealed record Order(Guid Id, int Number = 0);

public sealed record Ordered(Guid Id);

public sealed record Question(Guid Id);

public sealed record Answer(Guid Id);

public sealed record Unheard(Guid Id);

public sealed record Tagged(Guid CorrelationId) : CorrelatedBy<Guid>;
