namespace Akka.Dispatch;

/// <summary>A unit of work of a dispatcher or a scheduler.</summary>
public interface IRunnable : IThreadPoolWorkItem
{
    void Run();
}

/// <summary>Runs a delegate.</summary>
public sealed class ActionRunnable : IRunnable
{
    private readonly Action _action;

    public ActionRunnable(Action action) => _action = action;

    public void Run() => _action();

    public void Execute() => _action();
}
