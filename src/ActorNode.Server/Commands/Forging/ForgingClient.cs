using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Server.Transfer;

namespace ActorNode.Server.Commands.Forging;

/// <summary>What commands on forging ask a running node, and how they end.</summary>
internal sealed class ForgingClient(NodeClient client, CancellationToken stop)
{
    /// <summary>Does a command's work with a client of the node and returns its exit code.</summary>
    public static async Task<int> RunAsync(Func<ClientOptions> options, CommandContext context, Func<ForgingClient, Task<int>> work)
    {
        try
        {
            using var client = new NodeClient(options(), TimeProvider.System);
            return await work(new ForgingClient(client, context.Stop));
        }
        catch (UsageException wrong)
        {
            await context.Error.WriteLineAsync(wrong.Message);
            return ExitCode.Usage;
        }
        catch (NodeClientException refused)
        {
            await context.Error.WriteLineAsync(refused.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (context.Stop.IsCancellationRequested)
        {
            await context.Error.WriteLineAsync("interrupted");
            return ExitCode.Failed;
        }
    }

    /// <exception cref="NodeClientException">The node refuses.</exception>
    public Task<JsonObject> StatusAsync() => SendAsync(() => new HttpRequestMessage(HttpMethod.Get, "/v1/forging"));

    /// <exception cref="NodeClientException">The node refuses.</exception>
    public Task<JsonObject> MarksAsync(string key) => SendAsync(() => new HttpRequestMessage(HttpMethod.Get, PathOf(key)));

    /// <summary>Raises marks; the node lowers none.</summary>
    /// <exception cref="NodeClientException">The node refuses.</exception>
    public Task<JsonObject> RaiseAsync(string key, JsonArray marks)
    {
        var body = new JsonObject { ["marks"] = marks }.ToJsonString();
        return SendAsync(() => new HttpRequestMessage(HttpMethod.Post, PathOf(key)) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
    }

    private static string PathOf(string key) => $"/v1/forging/watermarks/{Uri.EscapeDataString(key)}";

    private async Task<JsonObject> SendAsync(Func<HttpRequestMessage> request)
    {
        var response = await client.SendAsync(request, stop);
        return response.Status == HttpStatusCode.OK ? JsonNode.Parse(response.Body.Span)!.AsObject() : throw new NodeClientException(response.Detail);
    }
}
