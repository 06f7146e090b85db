using MacroCausal.AmazonSqs.Topology;
using MassTransit.Configuration;

namespace MacroCausal.AmazonSqs.Configuration;

/// <summary>The configuration of a bus or of one of its endpoints.</summary>
internal class SqsEndpointConfiguration : EndpointConfiguration
{
    protected SqsEndpointConfiguration(SqsTopologyConfiguration topologies)
        : base(topologies) => Topologies = topologies;

    private SqsEndpointConfiguration(SqsEndpointConfiguration parent, SqsTopologyConfiguration topologies, bool isBusEndpoint)
        : base(parent, topologies, isBusEndpoint) => Topologies = topologies;

    public SqsTopologyConfiguration Topologies { get; }

    public SqsEndpointConfiguration CreateEndpoint(bool isBusEndpoint = false) => new(this, new SqsTopologyConfiguration(Topologies), isBusEndpoint);
}
