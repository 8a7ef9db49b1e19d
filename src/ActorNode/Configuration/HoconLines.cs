using System.Collections.Immutable;

namespace ActorNode.Configuration;

/// <summary>
/// Finds the line on which each path of a HOCON document is set, the last one where there are several. It only reads structure (keys,
/// braces, quotes, comments) of documents that the parser accepted, whose values carry no positions.
/// </summary>
internal sealed class HoconLines
{
    private readonly string _text;
    private readonly ImmutableDictionary<string, int>.Builder _lines = ImmutableDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
    private int _position;
    private int _line = 1;

    private HoconLines(string text) => _text = text;

    private bool AtEnd => _position >= _text.Length;

    private bool AtComment => Peek == '#' || At("//");

    private char Peek => AtEnd ? '\0' : _text[_position];

    /// <summary>The lines, from 1, by path.</summary>
    public static ImmutableDictionary<string, int> Of(string text)
    {
        var lines = new HoconLines(text);
        while (!lines.AtEnd)
            lines.Members("");
        return lines._lines.ToImmutable();
    }

    private bool At(string symbol) => string.CompareOrdinal(_text, _position, symbol, 0, symbol.Length) == 0;

    private void Take()
    {
        if (_text[_position++] == '\n')
            _line++;
    }

    private void Take(int count)
    {
        while (count-- > 0 && !AtEnd)
            Take();
    }

    /// <summary>Keys and values up to and including a closing brace, or to the end.</summary>
    private void Members(string path)
    {
        while (!AtEnd)
        {
            if (AtComment)
                Comment();
            else if (Peek == '}')
            {
                Take();
                return;
            }
            else if (Peek == '{')
            {
                Take();
                Members(path);
            }
            else if (char.IsWhiteSpace(Peek) || Peek is ',' or '\uFEFF')
                Take();
            else
                Member(path);
        }
    }

    private void Member(string path)
    {
        var line = _line;
        do
        {
            if (Peek == '.')
                Take();
            var key = Key();
            path = path.Length == 0 ? key : $"{path}.{key}";
            _lines[path] = line;
        }
        while (Peek == '.');

        while (char.IsWhiteSpace(Peek))
            Take();
        if (Peek is '=' or ':')
            Take();
        Value(path);
    }

    private string Key()
    {
        if (Peek == '"')
        {
            var quoted = Quoted().Trim('"');
            while (Peek is ' ' or '\t')
                Take();
            return quoted;
        }

        var start = _position;
        while (!AtEnd && Peek is not ('.' or '=' or ':' or '{' or '}' or '\n' or ',') && !AtComment)
            Take();

        // Malformed text must not hold up the scan.
        if (_position == start)
            Take();
        return _text[start.._position].Trim();
    }

    /// <summary>A value up to the end of its line, a comma or the brace that closes its section; lists may span lines.</summary>
    private void Value(string path)
    {
        var lists = 0;
        while (!AtEnd)
        {
            if (AtComment)
                Comment();
            else if (Peek == '"')
                Quoted();
            else if (At("${"))
                Substitution();
            else if (Peek == '{')
            {
                Take();
                Members(path);
            }
            else if (lists == 0 && (Peek is ',' or '}' || (Peek == '\n' && Started())))
                return;
            else
            {
                lists += Peek switch { '[' => 1, ']' => -1, _ => 0 };
                Take();
            }
        }
    }

    /// <summary>Whether the value has begun: it may stand on a line after its key.</summary>
    private bool Started()
    {
        for (var i = _position - 1; i >= 0; i--)
        {
            if (!char.IsWhiteSpace(_text[i]))
                return _text[i] is not ('=' or ':');
        }

        return false;
    }

    private void Comment()
    {
        while (!AtEnd && Peek != '\n')
            Take();
    }

    private void Substitution()
    {
        while (!AtEnd && Peek is not ('}' or '\n'))
            Take();
        if (Peek == '}')
            Take();
    }

    private string Quoted()
    {
        var start = _position;
        if (At("\"\"\""))
        {
            Take(3);
            while (!AtEnd && !At("\"\"\""))
                Take();
            Take(3);
        }
        else
        {
            Take();
            while (!AtEnd && Peek != '"')
                Take(Peek == '\\' ? 2 : 1);
            Take(1);
        }

        return _text[start.._position];
    }
}
