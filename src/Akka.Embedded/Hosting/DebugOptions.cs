using System.Text;

namespace Akka.Hosting;

/// <summary>What the engine logs at debug level about actors. Only what is set is written.</summary>
public class DebugOptions
{
    public bool? Receive { get; set; }

    public bool? AutoReceive { get; set; }

    public bool? LifeCycle { get; set; }

    public bool? FiniteStateMachine { get; set; }

    public bool? EventStream { get; set; }

    public bool? Unhandled { get; set; }

    public bool? RouterMisconfiguration { get; set; }

    /// <summary>As HOCON.</summary>
    public override string ToString()
    {
        var hocon = new StringBuilder();
        Write("receive", Receive);
        Write("autoreceive", AutoReceive);
        Write("lifecycle", LifeCycle);
        Write("fsm", FiniteStateMachine);
        Write("event-stream", EventStream);
        Write("unhandled", Unhandled);
        Write("router-misconfiguration", RouterMisconfiguration);
        return hocon.ToString();

        void Write(string key, bool? value)
        {
            if (value is { } set)
                hocon.Append("akka.actor.debug.").Append(key).Append(" = ").AppendLine(set.ToHocon());
        }
    }
}
