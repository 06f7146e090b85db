using System.Runtime.ExceptionServices;
using MassTransit;

namespace MacroCausal.TrialRunner;

/// <summary>
/// Gives an interrupted segment back to the transport. MassTransit takes a consumer that cancels by a token of its own for a faulty one, and would move the message to the
/// error queue, where nobody goes on with it.
/// </summary>
internal sealed class ReleaseOnShutdownFilter : IFilter<ExceptionReceiveContext>
{
    public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception.GetBaseException() is OperationCanceledException or ConsumerCanceledException)
            ExceptionDispatchInfo.Throw(context.Exception);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("handBack");
}
