using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>The characters of a document: what stands next, and where. Knows the lexical rules, not the grammar.</summary>
internal sealed class HoconReader(string text)
{
    private int _position;
    private int _lineStart;

    public int Line { get; private set; } = 1;

    public bool AtEnd => _position >= text.Length;

    public char Peek => AtEnd ? '\0' : text[_position];

    public bool AtComment => Peek == '#' || At("//");

    public bool AtSpace => Peek is ' ' or '\t';

    public bool AtUnquoted => AtUnquotedKey || Peek == '.';

    /// <summary>Whether the next character may be part of an unquoted key, white space apart.</summary>
    private bool AtUnquotedKey =>
        !AtEnd && !char.IsWhiteSpace(Peek) && Peek != '.' && !HoconPath.ReservedInValue.Contains(Peek, StringComparison.Ordinal) && !AtComment;

    public bool At(string symbol) => string.CompareOrdinal(text, _position, symbol, 0, symbol.Length) == 0;

    public bool TryTake(string symbol)
    {
        if (!At(symbol))
            return false;
        for (var i = 0; i < symbol.Length; i++)
            Take();
        return true;
    }

    public ConfigurationException Error(string message) =>
        new($"{message} (line {Line}, column {_position - _lineStart + 1})");

    /// <summary>What stands next, for a message.</summary>
    public string Found => AtEnd ? "the end of the text" : Peek is '\n' or '\r' ? "the end of the line" : $"'{Peek}'";

    public void SkipSpaces()
    {
        while (AtSpace)
            Take();
    }

    public void SkipWhitespaceAndComments()
    {
        while (!AtEnd)
        {
            if (char.IsWhiteSpace(Peek) || Peek == '\uFEFF')
                Take();
            else if (AtComment)
                SkipLine();
            else
                return;
        }
    }

    /// <summary>White space inside a line, kept because it separates the words of a concatenation.</summary>
    public string TakeSpaces() => TakeWhile(() => AtSpace);

    public string TakeUnquotedText() => TakeWhile(() => AtUnquoted);

    /// <summary>One key: quoted, or words up to a dot, a brace or an assignment, where inner spaces belong to the key.</summary>
    public string TakeKey()
    {
        if (Peek == '"')
            return TakeQuoted();
        var key = TakeWhile(() => AtUnquotedKey || AtSpace).Trim();
        return key.Length > 0 ? key : throw Error($"Expected a key, found {Found}");
    }

    /// <summary>Text in quotes: either <c>"..."</c> with escapes or <c>"""..."""</c> as it stands.</summary>
    public string TakeQuoted()
    {
        var (line, column) = (Line, _position - _lineStart + 1);
        ConfigurationException Unterminated() => new($"A quoted text is never closed (line {line}, column {column})");

        var content = new StringBuilder();
        if (TryTake("\"\"\""))
        {
            while (!TryTake("\"\"\""))
                content.Append(AtEnd ? throw Unterminated() : Take());
            return content.ToString();
        }

        Take();
        while (Peek != '"' || AtEnd)
        {
            if (AtEnd)
                throw Unterminated();
            content.Append(Peek == '\\' ? TakeEscaped() : Take());
        }

        Take();
        return content.ToString();
    }

    private char TakeEscaped()
    {
        Take();
        var code = Peek;
        switch (code)
        {
            case '"' or '\\' or '/':
                return Take();
            case 'b' or 'f' or 'n' or 'r' or 't':
                Take();
                return code switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', _ => '\t' };
            case 'u' when _position + 5 <= text.Length
                && ushort.TryParse(text.AsSpan(_position + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                for (var i = 0; i < 5; i++)
                    Take();
                return (char)unit;
            default:
                throw Error("Unknown escape: after a backslash stands one of \" \\ / b f n r t or u with four hexadecimal digits");
        }
    }

    private void SkipLine()
    {
        while (!AtEnd && Peek != '\n')
            Take();
    }

    private string TakeWhile(Func<bool> condition)
    {
        var start = _position;
        while (condition())
            Take();
        return text[start.._position];
    }

    private char Take()
    {
        var c = text[_position++];
        if (c == '\n')
        {
            Line++;
            _lineStart = _position;
        }

        return c;
    }
}
