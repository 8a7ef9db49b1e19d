using System.Collections;
using Akka.Actor;
using Akka.Event;

namespace Akka.Hosting.Logging;

/// <summary>A log event in the form that structured loggers read: the text, and its properties by name.</summary>
internal sealed class LogEntry : IReadOnlyList<KeyValuePair<string, object?>>
{
    // The name under which loggers find the template of a message.
    private const string TemplateKey = "{OriginalFormat}";

    private readonly object _message;
    private readonly List<KeyValuePair<string, object?>> _properties;

    public LogEntry(LogEvent log, ActorPath source)
    {
        _message = log.Message;
        _properties =
        [
            new("ActorPath", source.ToString()),
            new("LogSource", log.LogSource),
            new("Thread", log.Thread.ManagedThreadId),
            new("Timestamp", log.Timestamp),
        ];

        if (log.Message is not LogMessage message)
        {
            _properties.Add(new(TemplateKey, log.Message?.ToString() ?? ""));
            return;
        }

        var holes = MessageTemplate.Holes(message.Format);
        var index = 0;
        foreach (var argument in message.Parameters())
        {
            _properties.Add(new(index < holes.Count ? holes[index] : $"p{index}", argument));
            index++;
        }

        _properties.Add(new(TemplateKey, message.Format));
    }

    public int Count => _properties.Count;

    public KeyValuePair<string, object?> this[int index] => _properties[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _properties.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => _message?.ToString() ?? "";
}
