using System.Collections.Immutable;
using System.Text.Json;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;

namespace ActorNode.Server.Http.Forging;

/// <summary>Reads the body of a request to the forge worker. What breaks a rule is a 400 that names field and rule; payloads are never repeated.</summary>
internal sealed class ForgeRequestReader(ForgingSettings settings)
{
    private static readonly string[] BlockFields = ["id", "kind", "source", "chain", "level", "round", "key", "content"];
    private static readonly string[] VoteFields = ["id", "kind", "source", "chain", "level", "round", "votes"];

    /// <exception cref="ProblemException">The body is no request.</exception>
    public IForgeRequest Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(JsonFields.Of(document.RootElement, "body"));
        }
        catch (JsonException malformed)
        {
            throw RequestFields.Bad("body", $"is no JSON (line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1})");
        }
    }

    private IForgeRequest Read(JsonFields fields)
    {
        var kind = fields.Text("kind");
        fields.AllowOnly(kind == "block" ? BlockFields : VoteFields);
        var id = new ForgeRequestId(fields.Text("id"));
        var source = fields.Has("source") ? fields.Text("source") : "";
        var chain = new ChainName(fields.Text("chain"));
        var at = new LevelRound(fields.Natural("level"), fields.Natural("round"));
        return kind switch
        {
            "block" => new ForgeCommands.ForgeAndSignBlock(id, new(fields.Text("key")), chain, at, Bytes(fields, "content")) { Source = source },
            "preattestation" => new ForgeCommands.ForgeAndSignPreattestations(id, chain, at, Votes(fields)) { Source = source },
            "attestation" => new ForgeCommands.ForgeAndSignAttestations(id, chain, at, Votes(fields)) { Source = source },
            _ => throw RequestFields.Bad("kind", "must be block, preattestation or attestation"),
        };
    }

    private ImmutableArray<ForgeCommands.Vote> Votes(JsonFields fields)
    {
        var items = fields.Array("votes", settings.MaxBatchVotes);
        var votes = ImmutableArray.CreateBuilder<ForgeCommands.Vote>(items.Count);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            item.AllowOnly("key", "payload");
            var key = item.Text("key");
            if (!keys.Add(key))
                throw RequestFields.Bad($"{item.Path}.key", "stands in the batch twice");
            votes.Add(new(new(key), Bytes(item, "payload")));
        }

        return votes.MoveToImmutable();
    }

    private byte[] Bytes(JsonFields fields, string name)
    {
        var hex = fields.Text(name);
        var path = fields.PathOf(name);
        if (hex.Length == 0)
            throw RequestFields.Bad(path, "is empty");
        if (hex.Length / 2 > settings.MaxPayloadBytes)
            throw RequestFields.Bad(path, $"is longer than {settings.MaxPayloadBytes} bytes (actornode.forging.max-payload-bytes)");
        if (hex.Length % 2 != 0)
            throw RequestFields.Bad(path, $"has an odd number of hexadecimal digits ({hex.Length})");
        return hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : throw RequestFields.Bad(path, "has a character that is no hexadecimal digit");
    }
}
