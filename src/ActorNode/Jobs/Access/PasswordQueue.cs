namespace ActorNode.Jobs.Access;

/// <summary>
/// Admits hashing of passwords: few at once, since each takes a processor and some memory for a while; some more wait, and beyond that there is
/// none. Part of its actor: used on its turns only.
/// </summary>
internal sealed class PasswordQueue
{
    /// <summary>Hashes at once.</summary>
    public const int AtOnce = 2;

    /// <summary>Hashes that wait.</summary>
    public const int MaxWaiting = 32;

    private readonly Queue<Action> _waiting = new();
    private int _running;

    /// <summary>Starts work now or later; it runs elsewhere, and <see cref="Ended"/> is called on the actor's turn when it has ended. False: too many wait.</summary>
    public bool TryStart(Action start)
    {
        if (_running < AtOnce)
        {
            _running++;
            start();
            return true;
        }

        if (_waiting.Count == MaxWaiting)
            return false;
        _waiting.Enqueue(start);
        return true;
    }

    /// <summary>One has ended, well or not.</summary>
    public void Ended()
    {
        _running--;
        if (!_waiting.TryDequeue(out var next))
            return;
        _running++;
        next();
    }
}
