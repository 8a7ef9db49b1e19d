namespace Akka.Configuration.Hocon;

/// <summary>
/// Recursive descent over one document. A later value of a key replaces an earlier one, except that two objects are merged.
/// The closing braces at the very end of a document may be missing.
/// </summary>
internal sealed class HoconDocumentParser(string text, Func<string, HoconRoot>? includeCallback)
{
    // Deeper nesting than any configuration needs would overflow the stack.
    private const int MaximumDepth = 200;

    private readonly HoconReader _reader = new(text);
    private readonly List<HoconSubstitution> _substitutions = [];
    private int _depth;

    public HoconRoot Parse()
    {
        var root = new HoconValue();
        var content = new HoconObject();
        root.AppendValue(content);

        _reader.SkipWhitespaceAndComments();
        if (_reader.TryTake("{"))
            ParseMembers(content, "", braced: true);
        ParseMembers(content, "", braced: false);

        new HoconSubstitutionResolver(root).Resolve();
        return new HoconRoot(root, _substitutions);
    }

    /// <summary>The members of an object up to and including its closing brace, or up to the end of the document.</summary>
    private void ParseMembers(HoconObject owner, string path, bool braced)
    {
        while (true)
        {
            _reader.SkipWhitespaceAndComments();
            if (_reader.AtEnd)
                return;
            if (_reader.Peek == '}')
            {
                if (!braced)
                    throw _reader.Error("Unexpected '}': no object is open here");
                _reader.TryTake("}");
                return;
            }

            ParseMember(owner, path);
        }
    }

    private void ParseMember(HoconObject owner, string path)
    {
        var line = _reader.Line;
        var quoted = _reader.Peek == '"';
        var key = _reader.TakeKey();
        if (!quoted && key == "include" && _reader.Peek == '"')
        {
            Include(owner, path);
            return;
        }

        if (!quoted && key.EndsWith('+') && _reader.Peek == '=')
            throw _reader.Error($"'+=' is not supported: write the whole value of '{key.TrimEnd('+').TrimEnd()}'");

        var value = owner.GetOrCreateKey(key);
        value.Line = line;
        path = HoconPath.Join(path, key);
        _reader.SkipWhitespaceAndComments();
        if (_reader.TryTake("."))
        {
            Nested(() => ParseMember(ObjectOf(value, path), path));
        }
        else if (_reader.Peek == '{')
        {
            ParseObject(value, path);
            SkipComma();
        }
        else if (_reader.TryTake("=") || _reader.TryTake(":"))
        {
            ParseAssigned(value, path);
            SkipComma();
        }
        else if (!_reader.AtEnd || path.Length < text.Trim().Length)
        {
            // A document that is nothing but a name says nothing, and is read by many a test kit that was given a name for a configuration.
            throw _reader.Error($"Expected '=', ':' or '{{' after the key '{path}', found {_reader.Found}");
        }
    }

    private void Include(HoconObject owner, string path)
    {
        var name = _reader.TakeQuoted();
        if (includeCallback is null)
            throw _reader.Error($"include \"{name}\" is not supported here: no way to find included documents was given");

        var included = includeCallback(name) ?? throw _reader.Error($"include \"{name}\" found no document");
        foreach (var substitution in included.Substitutions)
        {
            substitution.Path = path.Length == 0 ? substitution.Path : path + "." + substitution.Path;
            _substitutions.Add(substitution);
        }

        if (included.Value.GetObject() is { } content)
            owner.Merge(content);
    }

    /// <summary>The object that a key holds, so that it is extended; what is no object is replaced by an empty one.</summary>
    private HoconObject ObjectOf(HoconValue value, string path)
    {
        if (value.Values.Exists(part => part is HoconSubstitution))
            throw _reader.Error($"'{path}' already holds a substitution, which cannot be extended");
        if (value.GetObject() is { } existing)
            return existing;
        var created = new HoconObject();
        value.NewValue(created);
        return created;
    }

    private void ParseObject(HoconValue value, string path)
    {
        var content = ObjectOf(value, path);
        _reader.TryTake("{");
        Nested(() => ParseMembers(content, path, braced: true));
    }

    private void ParseAssigned(HoconValue value, string path)
    {
        _reader.SkipWhitespaceAndComments();
        if (_reader.Peek == '{')
        {
            ParseObject(value, path);
            _reader.SkipSpaces();
            while (_reader.Peek == '{')
            {
                ParseObject(value, path);
                _reader.SkipSpaces();
            }
        }
        else
        {
            if (value.IsObject() && _reader.At("${"))
                throw _reader.Error($"'{path}' already holds an object, which a substitution cannot replace");
            value.Clear();
            ParseParts(value, path);
        }

        ExpectEndOfValue(path);
    }

    /// <summary>The parts of a text, list or substitution, up to the end of the line or what ends the value.</summary>
    private void ParseParts(HoconValue value, string path)
    {
        var space = "";
        while (true)
        {
            IHoconElement? part =
                _reader.Peek == '"' ? new HoconLiteral { Value = _reader.TakeQuoted() }
                : _reader.At("${") ? ParseSubstitution()
                : _reader.Peek == '[' ? ParseArray(path)
                : _reader.AtUnquoted ? new HoconLiteral { Value = _reader.TakeUnquotedText() }
                : null;
            if (part is null)
                break;

            if (value.Values.Count > 0 && space.Length > 0)
                value.AppendValue(new HoconLiteral { Value = space });
            value.AppendValue(part);
            space = _reader.TakeSpaces();
        }

        if (value.Values.Count == 0)
            throw _reader.Error($"Expected a value for '{path}', found {_reader.Found}");
        if (value.Values.Exists(part => part is HoconArray)
            && value.Values.Exists(part => part is HoconLiteral literal && !string.IsNullOrWhiteSpace(literal.Value)))
            throw _reader.Error($"'{path}' mixes text and a list");
    }

    private HoconArray ParseArray(string path)
    {
        var elements = new HoconArray();
        _reader.TryTake("[");
        Nested(() =>
        {
            while (true)
            {
                _reader.SkipWhitespaceAndComments();
                if (_reader.TryTake("]"))
                    return;
                if (_reader.AtEnd)
                    throw _reader.Error($"The list of '{path}' is never closed");

                var element = new HoconValue { Line = _reader.Line };
                ParseAssigned(element, path);
                elements.Add(element);
                SkipComma();
            }
        });
        return elements;
    }

    private HoconSubstitution ParseSubstitution()
    {
        _reader.TryTake("${");
        if (_reader.Peek == '?')
            throw _reader.Error("'${?path}', an optional substitution, is not supported: name a path that this document sets");

        var substitution = new HoconSubstitution(_reader.TakeUnquotedText()) { Line = _reader.Line };
        if (substitution.Path.Length == 0 || !_reader.TryTake("}"))
            throw _reader.Error($"Expected '${{path}}' with an unquoted dotted path, found {_reader.Found}");
        _substitutions.Add(substitution);
        return substitution;
    }

    private void SkipComma()
    {
        _reader.SkipWhitespaceAndComments();
        _reader.TryTake(",");
    }

    private void ExpectEndOfValue(string path)
    {
        _reader.SkipSpaces();
        if (_reader.AtEnd || _reader.Peek is '\n' or '\r' or ',' or '}' or ']' || _reader.AtComment)
            return;
        throw _reader.Error($"Unexpected {_reader.Found} in the value of '{path}': put text with special characters in quotes");
    }

    private void Nested(Action parse)
    {
        if (++_depth > MaximumDepth)
            throw _reader.Error($"Objects and lists are nested more than {MaximumDepth} levels deep");
        parse();
        _depth--;
    }
}
