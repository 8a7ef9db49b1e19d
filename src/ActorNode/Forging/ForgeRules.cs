using System.Collections.Immutable;
using ActorNode.Protocol.Forging;
using ActorNode.Protocol.Messages;

namespace ActorNode.Forging;

/// <summary>What a request must be before it reaches a key. Pure.</summary>
internal static class ForgeRules
{
    /// <summary>Null when the request breaks no rule.</summary>
    public static ForgeReplies.Rejected? Check(IForgeRequest request, ForgingSettings settings)
    {
        if ((TextRule.Problem(request.Id.Value) is { } id ? $"id {id}" : SourceProblem(request.Source)) is { } problem)
            return Invalid(request, null, problem);
        return request switch
        {
            ForgeCommands.ForgeAndSignBlock block => Check(block, settings),
            ForgeCommands.SignPayload payload => Check(payload, settings),
            ForgeCommands.ForgeAndSignPreattestations votes => Check(request, votes.Chain, votes.At, votes.Votes, settings),
            ForgeCommands.ForgeAndSignAttestations votes => Check(request, votes.Chain, votes.At, votes.Votes, settings),
            _ => Invalid(request, null, $"{request.GetType().Name} is no request that this node knows"),
        };
    }

    private static ForgeReplies.Rejected? Check(ForgeCommands.ForgeAndSignBlock block, ForgingSettings settings)
    {
        if ((PlaceProblem(block.Chain, block.At) ?? SizeProblem("content", block.Content, settings)) is { } problem)
            return Invalid(block, block.Key, problem);
        return null;
    }

    private static ForgeReplies.Rejected? Check(ForgeCommands.SignPayload payload, ForgingSettings settings)
    {
        var place = payload.Kind switch
        {
            ForgeKind.Operation => null,
            ForgeKind.Block or ForgeKind.Preattestation or ForgeKind.Attestation => PlaceProblem(payload.Chain, payload.At),
            _ => $"kind {payload.Kind} is unknown",
        };
        if ((place ?? SizeProblem("payload", payload.Payload, settings)) is { } problem)
            return Invalid(payload, payload.Key, problem);
        return payload.Rule is WatermarkRule.Baker or WatermarkRule.Signer ? null : Invalid(payload, payload.Key, $"rule {payload.Rule} is unknown");
    }

    private static ForgeReplies.Rejected? Check(
        IForgeRequest request, ChainName chain, LevelRound at, ImmutableArray<ForgeCommands.Vote> votes, ForgingSettings settings)
    {
        if (PlaceProblem(chain, at) is { } problem)
            return Invalid(request, null, problem);
        if (votes.IsDefaultOrEmpty)
            return Invalid(request, null, "votes is empty");
        if (votes.Length > settings.MaxBatchVotes)
            return Invalid(request, null, $"votes has {votes.Length} entries, the limit is {settings.MaxBatchVotes}");
        var keys = votes.Length > 1 ? new HashSet<ConsensusKeyId>(votes.Length) : null;
        for (var i = 0; i < votes.Length; i++)
        {
            if (SizeProblem($"votes[{i}].payload", votes[i].Payload, settings) is { } size)
                return Invalid(request, votes[i].Key, size);
            // Both would meet the mark that the first raises, but nobody could tell whose event is whose.
            if (keys?.Add(votes[i].Key) == false)
                return new(request.Id, votes[i].Key, RejectReason.Duplicate, $"votes[{i}].key {votes[i].Key} stands in the batch twice");
        }

        return null;
    }

    private static string? SourceProblem(string? source) => source switch
    {
        null => "source is null",
        "" => null,
        _ => TextRule.Problem(source) is { } problem ? $"source {problem}" : null,
    };

    private static string? PlaceProblem(ChainName chain, LevelRound at)
    {
        if (TextRule.Problem(chain.Value) is { } problem)
            return $"chain {problem}";
        if (at.Level < 0)
            return $"level {at.Level} is negative";
        return at.Round < 0 ? $"round {at.Round} is negative" : null;
    }

    private static string? SizeProblem(string field, ReadOnlyMemory<byte> bytes, ForgingSettings settings)
    {
        if (bytes.IsEmpty)
            return $"{field} is empty";
        return bytes.Length > settings.MaxPayloadBytes ? $"{field} has {bytes.Length} bytes, the limit is {settings.MaxPayloadBytes}" : null;
    }

    private static ForgeReplies.Rejected Invalid(IForgeRequest request, ConsensusKeyId? key, string detail) =>
        new(request.Id, key, RejectReason.Invalid, detail);
}
