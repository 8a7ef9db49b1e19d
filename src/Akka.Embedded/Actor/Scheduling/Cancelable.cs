namespace Akka.Actor;

/// <summary>
/// Cancels scheduled work, once. The token source is made only when somebody asks for the token: most never do, and a
/// node has one of these for each timer.
/// </summary>
public class Cancelable : ICancelable, IDisposable
{
    private readonly IActionScheduler _scheduler;
    private CancellationTokenSource? _source;
    private List<IDisposable>? _links;
    private WheelTimer? _timer;
    private int _state;

    public Cancelable(IScheduler scheduler) : this(scheduler.Advanced)
    {
    }

    public Cancelable(IScheduler scheduler, TimeSpan delay) : this(scheduler.Advanced, delay)
    {
    }

    public Cancelable(IScheduler scheduler, int millisecondsDelay) : this(scheduler.Advanced, TimeSpan.FromMilliseconds(millisecondsDelay))
    {
    }

    public Cancelable(IActionScheduler scheduler) => _scheduler = scheduler;

    public Cancelable(IActionScheduler scheduler, TimeSpan delay) : this(scheduler) => CancelAfter(delay);

    public bool IsCancellationRequested => (Volatile.Read(ref _state) & Cancelled) != 0;

    public bool IsDisposed => (Volatile.Read(ref _state) & Disposed) != 0;

    public CancellationToken Token
    {
        get
        {
            var source = Volatile.Read(ref _source);
            if (source is null)
            {
                var created = new CancellationTokenSource();
                source = Interlocked.CompareExchange(ref _source, created, null) ?? created;
            }

            // The cancellation may have come before the source: then nobody else cancels it.
            if (IsCancellationRequested)
                source.Cancel();
            return source.Token;
        }
    }

    public static ICancelable CreateCanceled() => AlreadyCanceledCancelable.Instance;

    public static ICancelable CreateLinkedCancelable(IScheduler scheduler, params ICancelable[] cancelables) =>
        CreateLinkedCancelable(scheduler.Advanced, cancelables);

    public static ICancelable CreateLinkedCancelable(IScheduler scheduler, params CancellationToken[] cancellationTokens) =>
        CreateLinkedCancelable(scheduler.Advanced, cancellationTokens);

    public static ICancelable CreateLinkedCancelable(IActionScheduler scheduler, params ICancelable[] cancelables) =>
        CreateLinkedCancelable(scheduler, Array.ConvertAll(cancelables, cancelable => cancelable.Token));

    /// <summary>Cancelled as soon as one of the tokens is.</summary>
    public static ICancelable CreateLinkedCancelable(IActionScheduler scheduler, params CancellationToken[] cancellationTokens)
    {
        var linked = new Cancelable(scheduler) { _links = [] };
        foreach (var token in cancellationTokens)
            linked._links.Add(token.UnsafeRegister(static state => ((Cancelable)state!).Cancel(), linked));
        return linked;
    }

    public void Cancel() => Cancel(false);

    public void Cancel(bool throwOnFirstException)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if ((Interlocked.Or(ref _state, Cancelled) & Cancelled) != 0)
            return;
        Volatile.Read(ref _timer)?.Remove();
        Volatile.Read(ref _source)?.Cancel(throwOnFirstException);
    }

    public void CancelAfter(TimeSpan delay)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (delay == TimeSpan.Zero)
            Cancel();
        else
            _scheduler.ScheduleOnce(delay, () =>
            {
                if (!IsDisposed)
                    Cancel();
            });
    }

    public void CancelAfter(int millisecondsDelay) => CancelAfter(TimeSpan.FromMilliseconds(millisecondsDelay));

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || (Interlocked.Or(ref _state, Disposed) & Disposed) != 0)
            return;
        _links?.ForEach(link => link.Dispose());
        Volatile.Read(ref _source)?.Dispose();
    }

    /// <summary>Lets a cancellation take the timer out of its wheel at once instead of when it is due.</summary>
    internal void Attach(WheelTimer timer)
    {
        Volatile.Write(ref _timer, timer);
        Interlocked.MemoryBarrier();
        if (IsCancellationRequested)
            timer.Remove();
    }

    private const int Cancelled = 1;
    private const int Disposed = 2;

    private sealed class AlreadyCanceledCancelable : ICancelable
    {
        public static readonly AlreadyCanceledCancelable Instance = new();

        public bool IsCancellationRequested => true;

        public CancellationToken Token => new(true);

        public void Cancel()
        {
        }

        public void Cancel(bool throwOnFirstException)
        {
        }

        public void CancelAfter(TimeSpan delay)
        {
        }

        public void CancelAfter(int millisecondsDelay)
        {
        }
    }
}

public static class CancelableExtensions
{
    public static void CancelIfNotNull(this ICancelable? cancelable) => cancelable?.Cancel();
}
