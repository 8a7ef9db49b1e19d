namespace Akka.TestKit;

// Silence.
public abstract partial class TestKitBase
{
    /// <summary>No message for what is left of the innermost Within, else for <c>akka.test.single-expect-default</c>.</summary>
    public void ExpectNoMsg(CancellationToken cancellationToken = default) =>
        Nothing(async: false, RemainingOrDefault, cancellationToken).Done();

    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) =>
        Nothing(async: false, Dilated(duration), cancellationToken).Done();

    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsg(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    public ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default) =>
        Nothing(async: true, RemainingOrDefault, cancellationToken);

    public ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        Nothing(async: true, Dilated(duration), cancellationToken);

    public ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    private async ValueTask Nothing(bool async, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (duration < TimeSpan.Zero)
            throw new ArgumentException("Nobody can wait for ever to see that nothing comes", nameof(duration));
        if (await Take(async, duration, cancellationToken) is { } envelope)
            throw Failure($"Expected no messages during {duration}, instead received {envelope}");
        _lastWasNoMessage = true;
    }
}
