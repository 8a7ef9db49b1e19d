using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ActorNode.Server.Http.Jobs;
using ActorNode.Server.Transfer;

namespace ActorNode.Server.Commands.Jobs;

/// <summary>
/// Asks the jobs' API of a running node, with the cookie of the session that there is with it. Each request is sent once: most of them must not
/// be served twice, and only its user knows whether one may.
/// </summary>
internal sealed class JobsClient(NodeClient client, Uri node, SessionFile sessions, bool json, CommandContext context)
{
    private const string LogInFirst = "401 Unauthorized; Try logging in";

    /// <summary>Whether the answers are shown as they are.</summary>
    public bool Json => json;

    public Task<JsonObject> GetAsync(string path) => ReadAsync(HttpMethod.Get, path);

    public Task<JsonObject> PostAsync(string path, ReadOnlyMemory<byte> body) => ReadAsync(HttpMethod.Post, path, body);

    public Task<JsonObject> PatchAsync(string path, ReadOnlyMemory<byte> body) => ReadAsync(HttpMethod.Patch, path, body);

    /// <summary>Of what the node has nothing to say about but that it is done.</summary>
    public Task DeleteAsync(string path, ReadOnlyMemory<byte>? body = null) => SendAsync(HttpMethod.Delete, path, body);

    /// <summary>Starts a session and keeps its cookie.</summary>
    public async Task<JsonObject> LogInAsync(ReadOnlyMemory<byte> credentials)
    {
        var answer = await SendAsync(HttpMethod.Post, ApiPaths.Sessions, credentials);
        var cookie = answer.Cookies.Select(set => set.Split(';', StringSplitOptions.TrimEntries)).FirstOrDefault(set => set[0].StartsWith($"{SessionCookie.Name}=", StringComparison.Ordinal))
            ?? throw new NodeClientException($"the answer of {node} has no session");
        if (node.Scheme == Uri.UriSchemeHttp && cookie.Contains("secure", StringComparer.OrdinalIgnoreCase))
            throw new NodeClientException($"{node} gives its session for https only; use its https address, or set actornode.jobs.sessions.secure-cookies = off");
        sessions.Save(node, cookie[0]);
        return answer.Json();
    }

    /// <summary>Ends the session. Its cookie is forgotten also where the node does not know it any more.</summary>
    public async Task<JsonObject> LogOutAsync()
    {
        var answer = await SendOnceAsync(HttpMethod.Delete, ApiPaths.Sessions, null);
        sessions.Remove(node);
        return Checked(answer).Json();
    }

    /// <summary>Shows an answer: as it is, or in words.</summary>
    public Task ShowAsync(JsonObject answer, Func<JsonObject, string> words) =>
        NodeCommand.ShowAsync(context, answer, json, (shown, output) => output.WriteLineAsync(words(shown)));

    /// <summary>Says that something is done of which the answer says nothing; as JSON there is nothing to show.</summary>
    public Task SayAsync(string done) => json ? Task.CompletedTask : context.Output.WriteLineAsync(TextTable.Printable(done));

    private async Task<JsonObject> ReadAsync(HttpMethod method, string path, ReadOnlyMemory<byte>? body = null) => (await SendAsync(method, path, body)).Json();

    private async Task<NodeResponse> SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte>? body) => Checked(await SendOnceAsync(method, path, body));

    private Task<NodeResponse> SendOnceAsync(HttpMethod method, string path, ReadOnlyMemory<byte>? body)
    {
        var cookie = sessions.Find(node);
        return client.SendOnceAsync(
            () =>
            {
                var request = new HttpRequestMessage(method, path);
                if (cookie is not null)
                    request.Headers.Add("Cookie", cookie);
                if (body is { } content)
                    request.Content = new ReadOnlyMemoryContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                return request;
            },
            context.Stop);
    }

    private static NodeResponse Checked(NodeResponse answer) => answer switch
    {
        { Status: >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous } => answer,
        { Status: HttpStatusCode.Unauthorized, Body.IsEmpty: true } => throw new NodeClientException(LogInFirst),
        { Body.IsEmpty: true } => throw new NodeClientException($"the node answered {(int)answer.Status} and nothing more"),
        _ => throw new NodeClientException(string.Join(Environment.NewLine, answer.Detail.Split(Environment.NewLine).Select(TextTable.Printable))),
    };
}
