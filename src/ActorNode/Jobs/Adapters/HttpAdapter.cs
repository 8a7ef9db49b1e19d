using System.Collections.Immutable;
using System.Text.Json;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters;

/// <summary>The adapters "httpget" and "httppost": the answer of a server becomes the result, as a string and never parsed.</summary>
internal sealed class HttpAdapter : IAdapter
{
    private readonly HttpCalls _calls;
    private readonly HttpMethod _method;
    private readonly Uri? _target;
    private readonly ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> _headers;

    private HttpAdapter(HttpCalls calls, HttpMethod method, string key, JobData parameters)
    {
        _calls = calls;
        _method = method;
        var url = Parameter.Text(parameters, "url");
        var own = Parameter.Text(parameters, key);
        // Both are checked, whichever counts.
        var targets = new[] { own, url }.Where(text => !string.IsNullOrEmpty(text)).Select(text => HttpTarget.Parse(text!)).ToArray();
        var path = Parameter.Path(parameters, "extPath", '/');
        var query = QueryParameters.Read(Parameter.Find(parameters, "queryParams"));
        _headers = HttpHeaderRules.Read(parameters.Find("headers"));
        _target = targets.Length == 0 ? null : HttpTarget.Extend(targets[0], path.IsDefault ? [] : path, query);
    }

    /// <summary>The adapter "httpget", of the parameter "get" or "url".</summary>
    public static HttpAdapter Get(JobData parameters, HttpCalls calls) => new(calls, HttpMethod.Get, "get", parameters);

    /// <summary>The adapter "httppost", of the parameter "post" or "url", with the data of the task as its body.</summary>
    public static HttpAdapter Post(JobData parameters, HttpCalls calls) => new(calls, HttpMethod.Post, "post", parameters);

    /// <inheritdoc/>
    public async ValueTask<TaskOutcome> PerformAsync(TaskInput input, CancellationToken cancellationToken)
    {
        if (_target is null)
            throw new AdapterException($"no address: the parameter {_method.Method.ToLowerInvariant()} or url names one");
        ReadOnlyMemory<byte>? body = _method == HttpMethod.Post ? input.Data.Utf8 : default(ReadOnlyMemory<byte>?);
        var reply = await _calls.SendAsync(new HttpCall(CallKind.Task, _method, _target, _headers, body), cancellationToken).ConfigureAwait(false);
        var text = reply.Text;
        if (reply.IsFailure)
            throw new AdapterException(text.Length > 0 ? text : $"HTTP status {reply.Status}");
        return TaskOutcome.Completed(input.Data.WithResult(text));
    }

    /// <summary>The parameter "queryParams".</summary>
    private static class QueryParameters
    {
        public static ImmutableArray<KeyValuePair<string, string>> Read(JsonElement value)
        {
            var parts = value.ValueKind switch
            {
                JsonValueKind.Undefined => [],
                // Empty parts vanish and a value that has an equals sign falls apart, as in the original. An array takes every value.
                JsonValueKind.String => value.GetString()!.Replace("?", "", StringComparison.Ordinal).Split(['=', '&'], StringSplitOptions.RemoveEmptyEntries),
                JsonValueKind.Array => [.. Parameter.Texts(value, "queryParams")],
                _ => throw new AdapterException("queryParams: expected a string or an array of strings"),
            };
            if (parts.Length % 2 != 0)
                throw new AdapterException($"unable to build query parameters: {parts.Length} keys and values, which are no pairs");
            return [.. parts.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1]))];
        }
    }
}
