using System.Collections.Immutable;

namespace ActorNode.Jobs.Adapters.Http;

/// <summary>Who chose the target of a call, and so what it may reach.</summary>
public enum CallKind
{
    /// <summary>A job or whoever starts its runs.</summary>
    Task,

    /// <summary>The operator.</summary>
    Bridge,
}

/// <summary>One request of a task.</summary>
/// <param name="Kind">What it may reach.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Target">An absolute http or https address, from <see cref="HttpTarget"/>.</param>
/// <param name="Headers">Checked by <see cref="HttpHeaderRules"/>. Only the origin of <paramref name="Target"/> gets them.</param>
/// <param name="Body">What is sent; null: nothing.</param>
internal sealed record HttpCall(
    CallKind Kind, HttpMethod Method, Uri Target, ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> Headers, ReadOnlyMemory<byte>? Body = null)
{
    /// <summary>Without headers, user and query, which may hold secrets.</summary>
    public override string ToString() => $"{Method} {HttpTarget.Origin(Target)}";
}

/// <summary>What a server answered.</summary>
internal sealed record HttpReply(int Status, byte[] Body)
{
    /// <summary>The body as text; bytes that are no UTF-8 become replacement characters.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    /// <summary>Whether the server refused or failed.</summary>
    public bool IsFailure => Status >= 400;
}
