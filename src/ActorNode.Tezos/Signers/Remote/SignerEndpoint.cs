namespace ActorNode.Tezos.Signers.Remote;

/// <summary>One address of a remote signer and its health. From any thread.</summary>
internal sealed class SignerEndpoint(Uri address, RemoteSignerSettings settings, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private int _failures;
    private EndpointHealth _health = new(address, null, null);
    private bool _probing;

    public Uri Address { get; } = address;

    public EndpointHealth Health
    {
        get
        {
            lock (_lock)
                return _health;
        }
    }

    /// <summary>Whether calls prefer it. One that rests, or that rested and was not seen well since, is asked last.</summary>
    public bool IsWell => Health.Problem is null;

    public Uri Resource(string path) => new($"{Address.AbsoluteUri.TrimEnd('/')}/{path}");

    public void Succeeded()
    {
        lock (_lock)
        {
            _failures = 0;
            _health = new(Address, null, null);
        }
    }

    public void Failed(string problem)
    {
        lock (_lock)
        {
            var rest = TimeSpan.FromTicks((long)Math.Min(settings.MaxRest.Ticks, settings.MinRest.Ticks * Math.Pow(2, _failures)));
            _failures = Math.Min(_failures + 1, 30);
            _health = new(Address, problem, clock.GetUtcNow() + rest);
        }
    }

    /// <summary>Whether the caller is the one who looks after an endpoint that has rested.</summary>
    public bool TryBeginProbe()
    {
        lock (_lock)
        {
            if (_probing || _health.RestsUntil is not { } until || clock.GetUtcNow() < until)
                return false;
            return _probing = true;
        }
    }

    public void EndProbe()
    {
        lock (_lock)
            _probing = false;
    }
}
