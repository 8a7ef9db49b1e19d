using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorNode.Tezos.Signers.Remote;

/// <summary>
/// Signs by the remote signer protocol over HTTP. A request to sign goes to the next endpoint only while nothing of it was sent: a
/// connection could not be made. After that it is over, and what came of it may be unknown. Calls share connections and do not wait for
/// each other; an endpoint that failed is asked last until a look at it, beside the calls, finds it well.
/// </summary>
public sealed class RemoteSigner : ISigner, IDisposable
{
    private const int KeysAtOnce = 16;

    private static readonly TimeSpan IdleConnection = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(5);

    private readonly RemoteSignerSettings _settings;
    private readonly ImmutableDictionary<ConsensusKeyId, PublicKeyHash> _keys;
    private readonly ImmutableArray<SignerEndpoint> _endpoints;
    private readonly ConcurrentDictionary<ConsensusKeyId, SignerKey> _seen = new();
    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    /// <param name="clock">For the deadlines of calls and the rests of endpoints. Attempts to connect take real time.</param>
    /// <exception cref="ArgumentException">A setting cannot be used.</exception>
    public RemoteSigner(RemoteSignerSettings settings, TimeProvider? clock = null, ILogger<RemoteSigner>? log = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        _settings = settings;
        _clock = clock ?? TimeProvider.System;
        _log = log ?? NullLogger<RemoteSigner>.Instance;
        _keys = settings.Keys.Distinct().ToImmutableDictionary(key => key.Id);
        _endpoints = [.. settings.Endpoints.Select(address => new SignerEndpoint(address, settings, _clock))];
        _http = new(new SocketsHttpHandler
        {
            ConnectTimeout = settings.ConnectTimeout,
            PooledConnectionIdleTimeout = IdleConnection,
            // Names are looked up anew now and then.
            PooledConnectionLifetime = ConnectionLife,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16,
        })
        {
            // Each call has a deadline of its own.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>How the endpoints did lately, in the order of the settings.</summary>
    public ImmutableArray<EndpointHealth> Health => [.. _endpoints.Select(endpoint => endpoint.Health)];

    /// <summary>
    /// Those of the configured keys that the signer has. Refused when the signer wants every request signed by a key that is not
    /// configured.
    /// </summary>
    public async ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken)
    {
        var authorized = await GetAsync("authorized_keys", cancellationToken).ConfigureAwait(false);
        if (authorized.Status == HttpStatusCode.OK && authorized.Array("authorized_keys") is { } wanted && !wanted.Any(IsAuthentication))
        {
            throw new SignerRefusedException(_settings.Authentication is null
                ? $"the signer wants requests signed by one of {wanted.Count} keys, and no authentication key is configured"
                : $"the authentication key is none of the {wanted.Count} that the signer authorizes");
        }

        var keys = ImmutableArray.CreateBuilder<SignerKey>();
        foreach (var some in _keys.Values.Chunk(KeysAtOnce))
            keys.AddRange((await Task.WhenAll(some.Select(key => GetKeyAsync(key, cancellationToken))).ConfigureAwait(false)).OfType<SignerKey>());
        return keys.ToImmutable();
    }

    /// <inheritdoc/>
    public async ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!_keys.TryGetValue(key, out var hash))
            throw SignerErrors.UnknownKey(key);
        var path = $"keys/{hash}";
        if (_settings.Authentication is { } authentication)
            path += $"?authentication={authentication.Sign(SignerPayload.OfAuthentication(hash, payload.Span))}";
        var body = Encoding.ASCII.GetBytes($"\"{Convert.ToHexStringLower(payload.Span)}\"");
        using var timeout = new CancellationTokenSource(_settings.Timeout, _clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        Exception? unreached = null;
        foreach (var endpoint in InOrder())
        {
            using var content = new SentContent(body);
            SignerAnswer answer;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Resource(path)) { Content = content };
                answer = await SendAsync(request, deadline.Token).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var problem = Problem(failure, deadline.Token);
                endpoint.Failed(problem);
                if (content.Begun)
                    throw new SigningOutcomeUnknownException($"{endpoint.Address}: {problem} after the request was sent; it may have signed for {key}", failure);
                unreached = new SignerUnavailableException($"{endpoint.Address}: {problem} before the request was sent", failure);
                if (timeout.IsCancellationRequested)
                    break;
                continue;
            }

            return Read(endpoint, key, answer);
        }

        throw unreached!;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>What an answer to a request to sign means.</summary>
    private static string Read(SignerEndpoint endpoint, ConsensusKeyId key, SignerAnswer answer)
    {
        var status = (int)answer.Status;
        switch (status)
        {
            case >= 200 and < 300:
                endpoint.Succeeded();
                return answer.Property("signature") ?? throw new SigningOutcomeUnknownException($"{endpoint.Address}: its answer has no signature for {key}, and it may have signed");
            case 408 or 429 or 503:
                endpoint.Failed($"answered {status}");
                throw new SignerUnavailableException($"{endpoint.Address}: {answer.Reason()}");
            // The reference signer says no with 500 and a trace. Any other failure may have come after the signature.
            case >= 500 when status is 502 or 504 || !answer.IsSignersError:
                endpoint.Failed($"answered {status}");
                throw new SigningOutcomeUnknownException($"{endpoint.Address}: {answer.Reason()}; it may have signed for {key}");
            default:
                endpoint.Succeeded();
                throw new SignerRefusedException($"{endpoint.Address}: {answer.Reason()}");
        }
    }

    /// <summary>
    /// Null when the signer has no such key. A key that it had and cannot show now is still its own. Whether the public key is to be
    /// believed is for <see cref="VerifyingSigner"/> to say.
    /// </summary>
    private async Task<SignerKey?> GetKeyAsync(PublicKeyHash hash, CancellationToken cancellationToken)
    {
        var answer = await GetAsync($"keys/{hash}", cancellationToken).ConfigureAwait(false);
        switch ((int)answer.Status)
        {
            case 200:
                break;
            case 404:
                _seen.TryRemove(hash.Id, out _);
                return null;
            case >= 500:
                return _seen.GetValueOrDefault(hash.Id);
            default:
                throw new SignerRefusedException($"public key of {hash}: {answer.Reason()}");
        }

        if (answer.Property("public_key") is { } publicKey)
            return _seen[hash.Id] = new(hash.Id, publicKey, null);
        _log.LogWarning("The signer's answer for {Key} has no public key", hash);
        return _seen.GetValueOrDefault(hash.Id);
    }

    /// <summary>Asks the endpoints one after the other until one answers: nothing can be doubled by it.</summary>
    private async Task<SignerAnswer> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_settings.Timeout, _clock);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        Exception? last = null;
        foreach (var endpoint in InOrder())
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, endpoint.Resource(path));
                var answer = await SendAsync(request, deadline.Token).ConfigureAwait(false);
                if ((int)answer.Status is < 502 and not 429)
                {
                    endpoint.Succeeded();
                    return answer;
                }

                endpoint.Failed($"answered {(int)answer.Status}");
                last = new SignerUnavailableException($"{endpoint.Address}: {answer.Reason()}");
            }
            catch (Exception failure)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var problem = Problem(failure, deadline.Token);
                endpoint.Failed(problem);
                last = new SignerUnavailableException($"{endpoint.Address}: {problem}", failure);
                if (timeout.IsCancellationRequested)
                    break;
            }
        }

        throw last!;
    }

    private async Task<SignerAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        return await SignerAnswer.ReadAsync(response, _settings.MaxResponseLength, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The well ones first; those that rested long enough are looked at beside the call.</summary>
    private IEnumerable<SignerEndpoint> InOrder()
    {
        foreach (var endpoint in _endpoints)
            if (_endpoints.Length > 1 && endpoint.TryBeginProbe())
                _ = ProbeAsync(endpoint);
        return _endpoints.OrderBy(endpoint => endpoint.IsWell ? 0 : 1).ToList();
    }

    private async Task ProbeAsync(SignerEndpoint endpoint)
    {
        using var deadline = new CancellationTokenSource(_settings.Timeout, _clock);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, endpoint.Resource("authorized_keys"));
            await SendAsync(request, deadline.Token).ConfigureAwait(false);
            endpoint.Succeeded();
        }
        catch (Exception failure)
        {
            // Whatever it is, it is this endpoint's health and shown there.
            endpoint.Failed(Problem(failure, deadline.Token));
        }
        finally
        {
            endpoint.EndProbe();
        }
    }

    private bool IsAuthentication(string address) =>
        _settings.Authentication?.GetPublicKey() is { } key && (key.Hash(Network.Tezos).ToString() == address || key.Hash(Network.Mavryk).ToString() == address);

    private string Problem(Exception failure, CancellationToken deadline) => failure switch
    {
        OperationCanceledException when deadline.IsCancellationRequested => $"no answer within {_settings.Timeout.TotalSeconds:0.###} s",
        OperationCanceledException => $"no connection within {_settings.ConnectTimeout.TotalSeconds:0.###} s",
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => $"{http.HttpRequestError} ({http.InnerException?.Message ?? http.Message})",
        _ => failure.Message,
    };
}
