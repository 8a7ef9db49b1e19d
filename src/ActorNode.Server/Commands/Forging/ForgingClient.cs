using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Protocol.Forging;
using ActorNode.Server.Http.Forging;
using ActorNode.Server.Transfer;
using Watermark = ActorNode.Protocol.Forging.Watermark;

namespace ActorNode.Server.Commands.Forging;

/// <summary>What commands on forging ask a running node, and how they end.</summary>
internal sealed class ForgingClient(NodeClient client, CancellationToken stop)
{
    /// <summary>Does a command's work with a client of the node and returns its exit code.</summary>
    public static Task<int> RunAsync(Func<ClientOptions> options, CommandContext context, Func<ForgingClient, Task<int>> work) =>
        NodeCommand.RunAsync(context, options, client => work(new ForgingClient(client, context.Stop)));

    /// <exception cref="NodeClientException">The node refuses.</exception>
    public Task<JsonObject> StatusAsync() => SendAsync(() => new HttpRequestMessage(HttpMethod.Get, "/v1/forging"));

    /// <exception cref="NodeClientException">The node refuses.</exception>
    public Task<JsonObject> MarksAsync(ConsensusKeyId key) => SendAsync(() => new HttpRequestMessage(HttpMethod.Get, PathOf(key)));

    /// <summary>As <see cref="MarksAsync"/>, read.</summary>
    /// <exception cref="NodeClientException">The node refuses.</exception>
    public async Task<IEnumerable<Watermark>> WatermarksAsync(ConsensusKeyId key) => (await MarksAsync(key))["marks"]!.AsArray().Select(mark => new Watermark(
        new ChainName((string)mark!["chain"]!),
        KindOf((string)mark["kind"]!) ?? throw new NodeClientException($"the node knows a kind {mark["kind"]} that this command does not"),
        new LevelRound((int)mark["level"]!, (int)mark["round"]!),
        (string?)mark["payloadHash"],
        (string?)mark["signature"]));

    /// <summary>Raises marks; the node lowers none.</summary>
    /// <exception cref="NodeClientException">The node refuses.</exception>
    public Task<JsonObject> RaiseAsync(ConsensusKeyId key, IEnumerable<Watermark> marks)
    {
        var body = new JsonObject { ["marks"] = new JsonArray([.. marks.Select(mark => (JsonNode)Json(mark))]) }.ToJsonString();
        return SendAsync(() => new HttpRequestMessage(HttpMethod.Post, PathOf(key)) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
    }

    /// <summary>Null of anything that has no watermark.</summary>
    public static ForgeKind? KindOf(string? word) => word switch
    {
        "block" => ForgeKind.Block,
        "preattestation" => ForgeKind.Preattestation,
        "attestation" => ForgeKind.Attestation,
        _ => null,
    };

    private static JsonObject Json(Watermark mark)
    {
        var json = new JsonObject { ["chain"] = mark.Chain.Value, ["kind"] = ForgingJson.Word(mark.Kind), ["level"] = mark.At.Level, ["round"] = mark.At.Round };
        if (mark.PayloadHash is not null)
            json["payloadHash"] = mark.PayloadHash;
        if (mark.Signature is not null)
            json["signature"] = mark.Signature;
        return json;
    }

    private static string PathOf(ConsensusKeyId key) => $"/v1/forging/watermarks/{Uri.EscapeDataString(key.Value)}";

    private Task<JsonObject> SendAsync(Func<HttpRequestMessage> request) => client.AskAsync(request, stop);
}
