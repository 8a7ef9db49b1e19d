namespace ActorNode.Upkeep;

/// <summary>What upkeep itself learns from an event, before the application sees it.</summary>
internal static class EventDecorations
{
    /// <summary>Tells the graph what a failed payment says of the network.</summary>
    public static void UpdateGraph(UpkeepEvent upkeepEvent, INetworkGraph graph)
    {
        if (upkeepEvent is PaymentPathFailed { NetworkUpdate: { } update })
            graph.HandleNetworkUpdate(update);
    }

    /// <summary>Tells the scorer what became of a payment or a probe. True: it learned something.</summary>
    public static bool UpdateScorer(UpkeepEvent upkeepEvent, IScorer scorer, TimeSpan sinceEpoch)
    {
        switch (upkeepEvent)
        {
            case PaymentPathFailed { ShortChannelId: { } channel } failed:
                scorer.PaymentPathFailed(failed.Path, channel, sinceEpoch);
                return true;
            case PaymentPathFailed { PaymentFailedPermanently: true } refused:
                // The recipient refused it: the payment reached the end of the path.
                scorer.ProbeSuccessful(refused.Path, sinceEpoch);
                return true;
            case PaymentPathSuccessful successful:
                scorer.PaymentPathSuccessful(successful.Path, sinceEpoch);
                return true;
            case ProbeSuccessful probe:
                scorer.ProbeSuccessful(probe.Path, sinceEpoch);
                return true;
            case ProbeFailed { ShortChannelId: { } channel } probe:
                scorer.ProbeFailed(probe.Path, channel, sinceEpoch);
                return true;
            default:
                return false;
        }
    }
}
