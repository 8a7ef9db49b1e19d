using System.Collections.Immutable;
using ActorNode.Configuration;
using ActorNode.Forging;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;

namespace ActorNode.Server.Http.Signer;

/// <summary>
/// Who may use the signer's paths. Authorized keys: whoever signs each request with one of them, from anywhere. Without them: everybody on
/// this machine while the node listens on loopback only; beyond it those who have the bearer token, and only over TLS; otherwise nobody.
/// </summary>
internal sealed class SignerAccess
{
    private readonly ImmutableArray<PublicKey> _authorized;
    private readonly BearerToken? _token;
    private readonly Rule _rule;

    /// <exception cref="TezosFormatException">A key of the settings is none: they were not checked at the start.</exception>
    public SignerAccess(HttpSettings http, ForgingHttpSettings settings, BearerToken? token = null)
    {
        _authorized = [.. settings.AuthorizedKeys.Select(PublicKey.Parse)];
        _token = token;
        _rule = !_authorized.IsEmpty ? Rule.Signed
            : http.LoopbackOnly ? Rule.ThisMachine
            : http.TlsBeyondLoopback && token is not null ? Rule.Token
            : Rule.Nobody;
        var network = settings.Network == ForgingNetwork.Mavryk ? Network.Mavryk : Network.Tezos;
        Addresses = [.. _authorized.Select(key => key.Hash(network).ToString())];
    }

    private enum Rule
    {
        Signed,
        ThisMachine,
        Token,
        Nobody,
    }

    /// <summary>The addresses of the authorized keys; empty when requests need no signature.</summary>
    public ImmutableArray<string> Addresses { get; }

    /// <summary>Whether a request may come in at all.</summary>
    /// <exception cref="SignerRefusal">It may not.</exception>
    public void Enter(HttpContext context)
    {
        switch (_rule)
        {
            case Rule.Token when !_token!.Opens(context.Request.Headers.Authorization):
                context.Response.Headers.WWWAuthenticate = "Bearer realm=\"actornode\"";
                throw new SignerRefusal(
                    StatusCodes.Status401Unauthorized,
                    "the signer needs this node's bearer token, since actornode.forging.http.authorized-keys is empty");
            case Rule.ThisMachine when !RequireLocalHost.Allows(context):
                throw new SignerRefusal(
                    StatusCodes.Status421MisdirectedRequest, "Host must be localhost or an IP address while actornode.forging.http.authorized-keys is empty");
            case Rule.Nobody:
                throw SignerRefusal.Forbidden(
                    "this node listens beyond loopback and does not sign for everybody there: set actornode.forging.http.authorized-keys, or https urls and actornode.http.token-file");
            default:
                break;
        }
    }

    /// <summary>Whether a request to sign comes from who may ask for it.</summary>
    /// <exception cref="SignerRefusal">It does not.</exception>
    public void Authenticate(HttpContext context, PublicKeyHash key, ReadOnlySpan<byte> payload)
    {
        if (_rule != Rule.Signed)
            return;
        var given = context.Request.Query["authentication"];
        if (given.Count == 0)
            throw new SignerRefusal(StatusCodes.Status401Unauthorized, "missing authentication signature field");
        if (given.Count != 1 || !IsAuthorized(given[0]!, SignerPayload.OfAuthentication(key, payload)))
            throw SignerRefusal.Forbidden("invalid authentication signature");
    }

    private bool IsAuthorized(string text, byte[] signed)
    {
        try
        {
            var signature = Signature.Parse(text);
            return _authorized.Any(key => key.Verify(signed, signature));
        }
        catch (TezosFormatException)
        {
            return false;
        }
    }
}
