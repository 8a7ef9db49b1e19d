namespace Akka.Util;

/// <summary>
/// On or off. Actions that depend on it, except those of <see cref="IfOn"/> and <see cref="IfOff"/>, run under its lock: they must be
/// short.
/// </summary>
public class Switch
{
    private readonly Lock _gate = new();
    private volatile bool _on;

    public Switch(bool startAsOn = false) => _on = startAsOn;

    public bool IsOn => _on;

    public bool IsOff => !_on;

    public bool SwitchOn() => TranscendFrom(false, static () => { });

    public bool SwitchOff() => TranscendFrom(true, static () => { });

    /// <summary>True when it was off and the action has run; it stays off when the action throws.</summary>
    public bool SwitchOn(Action action) => TranscendFrom(false, action);

    public bool SwitchOff(Action action) => TranscendFrom(true, action);

    /// <summary>Runs the action if it is on at this moment, without the lock.</summary>
    public bool IfOn(Action action) => RunIf(_on, action);

    public bool IfOff(Action action) => RunIf(!_on, action);

    /// <summary>Runs the action if it is on, and keeps it so meanwhile.</summary>
    public bool WhileOn(Action action)
    {
        lock (_gate)
            return RunIf(_on, action);
    }

    public bool WhileOff(Action action)
    {
        lock (_gate)
            return RunIf(!_on, action);
    }

    public void Locked(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        lock (_gate)
            action();
    }

    protected bool TranscendFrom(bool from, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        lock (_gate)
        {
            if (_on != from)
                return false;
            _on = !from;
            try
            {
                action();
                return true;
            }
            catch
            {
                _on = from;
                throw;
            }
        }
    }

    private static bool RunIf(bool condition, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (condition)
            action();
        return condition;
    }
}
