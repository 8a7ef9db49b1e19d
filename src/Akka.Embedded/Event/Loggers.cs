using Akka.Actor;
using Akka.Dispatch;

namespace Akka.Event;

/// <summary>A logger without an actor: prints on the thread that logs.</summary>
public abstract class MinimalLogger : MinimalActorRef
{
    private readonly ActorPath _path = new RootActorPath(new Address("akka", "all-systems"), "/StandardOutLogger");

    public sealed override ActorPath Path => _path;

    public sealed override IActorRefProvider Provider => throw new NotSupportedException("This logger does not provide.");

    public LogFilterEvaluator Filter { get; internal set; } = LogFilterEvaluator.NoFilters;

    protected sealed override void TellInternal(object message, IActorRef sender)
    {
        if (message is LogEvent @event && !Filter.ShouldTryKeepMessage(@event, out _))
            return;
        Log(message);
    }

    protected abstract void Log(object message);
}

/// <summary>Prints log events to standard output, in colours when asked to.</summary>
public class StandardOutLogger : MinimalLogger
{
    private static readonly Lock Gate = new();

    public static ConsoleColor DebugColor { get; set; } = ConsoleColor.Gray;

    public static ConsoleColor InfoColor { get; set; } = ConsoleColor.White;

    public static ConsoleColor WarningColor { get; set; } = ConsoleColor.Yellow;

    public static ConsoleColor ErrorColor { get; set; } = ConsoleColor.Red;

    public static bool UseColors { get; set; } = !Console.IsOutputRedirected;

    protected override void Log(object message)
    {
        if (message is LogEvent @event)
            Print(@event);
        else
            Console.Out.WriteLine(message);
    }

    internal static void Print(LogEvent @event)
    {
        string line;
        try
        {
            line = @event.ToString();
        }
        catch (FormatException e)
        {
            // A formatter of the application: the line must not be lost for it.
            line = $"[{@event.LogLevel().StringFor()}][{@event.LogSource}] {(@event.Message as LogMessage)?.Unformatted()} (format error: {e.Message})";
        }

        lock (Gate)
        {
            if (!UseColors)
            {
                Console.Out.WriteLine(line);
                return;
            }

            Console.ForegroundColor = @event.LogLevel() switch
            {
                LogLevel.DebugLevel => DebugColor,
                LogLevel.InfoLevel => InfoColor,
                LogLevel.WarningLevel => WarningColor,
                _ => ErrorColor
            };
            Console.Out.WriteLine(line);
            Console.ResetColor();
        }
    }
}

/// <summary>The logger that runs when no other is configured.</summary>
public class DefaultLogger : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent @event:
                if (Context.System.Settings.LogFilter.ShouldTryKeepMessage(@event, out _))
                    Print(@event);
                return true;
            default:
                return false;
        }
    }

    protected virtual void Print(LogEvent logEvent) => StandardOutLogger.Print(logEvent);
}
