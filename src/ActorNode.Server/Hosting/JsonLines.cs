using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;
using Serilog.Parsing;

namespace ActorNode.Server.Hosting;

/// <summary>
/// A log event as one line of JSON: time (UTC), level, logger, message as people read it, its template, the values in the template, and
/// the exception. Thread-safe.
/// </summary>
internal sealed class JsonLines : ITextFormatter
{
    private const string Logger = "SourceContext";

    private static readonly JsonValueFormatter Values = new(typeTagName: null);
    private static readonly MessageTemplateTextFormatter Message = new("{Message:l}", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"time\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        output.Write("\",\"level\":\"");
        output.Write(logEvent.Level.ToString().ToLowerInvariant());
        output.Write('"');
        if (logEvent.Properties.GetValueOrDefault(Logger) is ScalarValue { Value: string logger })
            Text("logger", logger, output);
        using (var message = new StringWriter(CultureInfo.InvariantCulture))
        {
            Message.Format(logEvent, message);
            Text("message", message.ToString(), output);
        }

        Text("template", logEvent.MessageTemplate.Text, output);
        foreach (var token in logEvent.MessageTemplate.Tokens.OfType<PropertyToken>().DistinctBy(token => token.PropertyName))
            Value(token.PropertyName, logEvent, output);
        if (logEvent.Exception is { } exception)
            Text("exception", exception.ToString(), output);
        output.Write("}\n");
    }

    private static void Value(string name, LogEvent logEvent, TextWriter output)
    {
        if (!logEvent.Properties.TryGetValue(name, out var value))
            return;
        output.Write(',');
        JsonValueFormatter.WriteQuotedJsonString(name, output);
        output.Write(':');
        Values.Format(value, output);
    }

    private static void Text(string name, string text, TextWriter output)
    {
        output.Write(",\"");
        output.Write(name);
        output.Write("\":");
        JsonValueFormatter.WriteQuotedJsonString(text, output);
    }
}
