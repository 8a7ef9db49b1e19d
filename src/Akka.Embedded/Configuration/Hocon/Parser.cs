namespace Akka.Configuration.Hocon;

/// <summary>Reads HOCON documents.</summary>
public class Parser
{
    /// <summary>
    /// Reads a document and resolves its substitutions. Throws <see cref="ConfigurationException"/> with line and column where the
    /// text is malformed, and for what this dialect lacks: <c>+=</c>, <c>${?path}</c>, includes without a callback.
    /// </summary>
    public static HoconRoot Parse(string text, Func<string, HoconRoot>? includeCallback)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new HoconDocumentParser(text, includeCallback).Parse();
    }
}
