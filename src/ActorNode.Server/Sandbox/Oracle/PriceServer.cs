using System.Globalization;

namespace ActorNode.Server.Sandbox.Oracle;

/// <summary>A server with a price that wanders, which can be made to fail or to fall silent. Thread-safe.</summary>
internal sealed class PriceServer(int seed) : IAsyncDisposable
{
    private const int Lowest = 200_000;
    private const int Highest = 300_000;
    private const int LargestStep = 500;

    private readonly Random _random = new(seed);
    private readonly HashSet<int> _served = [];
    private readonly Lock _gate = new();
    private WebApplication? _server;
    private volatile Mood _mood;
    private int _cents = (Lowest + Highest) / 2;
    private int _failures;
    private int _abandoned;

    private enum Mood
    {
        Well,
        Failing,
        Silent,
    }

    /// <summary>Where the price is: the member <c>amount</c> of <c>data</c>.</summary>
    public string Url => $"{LocalServer.UrlOf(_server!)}/price";

    /// <summary>Answers that were failures.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>Requests that were given up by who sent them.</summary>
    public int Abandoned => Volatile.Read(ref _abandoned);

    /// <summary>The price that was asked for last.</summary>
    public string Last
    {
        get
        {
            lock (_gate)
                return Text(_cents);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken) => _server = await LocalServer.StartAsync(ServeAsync, cancellationToken);

    /// <summary>Whether anybody was ever told this price, in cents.</summary>
    public bool Served(int cents)
    {
        lock (_gate)
            return _served.Contains(cents);
    }

    /// <summary>Every answer is a failure from now on.</summary>
    public void Break() => _mood = Mood.Failing;

    /// <summary>No request is answered from now on.</summary>
    public void Silence() => _mood = Mood.Silent;

    /// <summary>New requests are answered well again.</summary>
    public void Repair() => _mood = Mood.Well;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private Task ServeAsync(HttpContext context) => _mood switch
    {
        Mood.Failing => FailAsync(context),
        Mood.Silent => HangAsync(context),
        _ => context.Response.WriteAsync($$$"""{"data":{"base":"ETH","currency":"USD","amount":"{{{Next()}}}"}}"""),
    };

    private Task FailAsync(HttpContext context)
    {
        Interlocked.Increment(ref _failures);
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        return context.Response.WriteAsync("the sandbox broke the price server");
    }

    private async Task HangAsync(HttpContext context)
    {
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Increment(ref _abandoned);
    }

    private string Next()
    {
        lock (_gate)
        {
            _cents = Math.Clamp(_cents + _random.Next(-LargestStep, LargestStep + 1), Lowest, Highest);
            _served.Add(_cents);
            return Text(_cents);
        }
    }

    private static string Text(int cents) => string.Create(CultureInfo.InvariantCulture, $"{cents / 100}.{cents % 100:00}");
}
