using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ActorNode.Protocol.Messages;

namespace ActorNode.Server.Http.Batch;

/// <summary>
/// Reads a request body into a batch, whole or not at all: the first rule that is broken refuses everything, with line, field and rule.
/// <list type="bullet">
/// <item>One object <c>{"ACCOUNT": [{"id", "body"}]}</c>: an account or a field that appears twice is refused, as is an empty list.</item>
/// <item>Lines <c>{"account", "id", "body"}</c> (NDJSON): messages of an account keep the order of the lines; blank lines do not count.</item>
/// </list>
/// Never throws on bad input. Allocates little besides ids and bodies.
/// </summary>
internal sealed class BatchParser
{
    // A character is at most six bytes of JSON (\u0061), so what is longer than this breaks the rule of ids however it is written.
    private const int MaxRawText = 6 * TextRule.MaxBytes;

    private readonly BatchLimits _limits;
    private readonly BatchBuilder _builder;
    private readonly char[] _text = new char[MaxRawText];
    private BatchError? _error;

    private BatchParser(BatchLimits limits)
    {
        _limits = limits;
        _builder = new BatchBuilder(limits);
    }

    private enum Field
    {
        Account,
        Id,
        Body,
    }

    /// <summary>Reads one JSON object keyed by account.</summary>
    public static BatchError? ParseObject(ReadOnlySpan<byte> json, BatchLimits limits, out ImmutableArray<MessageCommands.Write> batch) =>
        Parse(json, limits, lines: false, out batch);

    /// <summary>Reads lines of JSON, a message each.</summary>
    public static BatchError? ParseLines(ReadOnlySpan<byte> json, BatchLimits limits, out ImmutableArray<MessageCommands.Write> batch) =>
        Parse(json, limits, lines: true, out batch);

    private static BatchError? Parse(ReadOnlySpan<byte> json, BatchLimits limits, bool lines, out ImmutableArray<MessageCommands.Write> batch)
    {
        batch = [];
        if (!Utf8.IsValid(json))
            return new BatchError(LineOf(json, FirstInvalid(json)), "text", "is not valid UTF-8");
        var parser = new BatchParser(limits);
        var read = lines ? parser.Lines(json) : parser.Object(json);
        return read ? parser._builder.Build(out batch) : parser._error;
    }

    private bool Lines(ReadOnlySpan<byte> json)
    {
        var number = 0;
        while (!json.IsEmpty)
        {
            number++;
            var end = json.IndexOf((byte)'\n');
            var line = end < 0 ? json : json[..end];
            json = end < 0 ? default : json[(end + 1)..];
            if (line.ContainsAnyExcept(" \t\r"u8) && !Line(line, number))
                return false;
        }

        return true;
    }

    private bool Line(ReadOnlySpan<byte> line, int number)
    {
        // One level more than the format has, so that a value of the wrong kind is named as such.
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 2 });
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return Fail(number, "line", "must be a JSON object");
            if (!ReadMessage(ref reader, account: null, number))
                return false;
            // The object is complete; anything after it throws.
            reader.Read();
            return true;
        }
        catch (JsonException e)
        {
            return Fail(number, "line", $"is not one valid JSON object, at byte {e.BytePositionInLine + 1}");
        }
    }

    private bool Object(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return Fail(LineOf(json, reader.TokenStartIndex), "body", "must be a JSON object keyed by account");
            // Lines are counted only as far as the reader has come since the last account.
            var (line, counted) = (1, 0);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                line += json[counted..(int)reader.TokenStartIndex].Count((byte)'\n');
                counted = (int)reader.TokenStartIndex;
                if (!Account(ref reader, json, line, counted))
                    return false;
            }

            reader.Read();
            return true;
        }
        catch (JsonException e)
        {
            return Fail((int)(e.LineNumber ?? 0) + 1, "body", $"is not valid JSON, at byte {e.BytePositionInLine + 1} of the line");
        }
    }

    private bool Account(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, int line, int lineCountedTo)
    {
        if (!ReadText(ref reader, "account", line, out var text))
            return false;
        if (_builder.TryFind(text, out _))
            return Fail(line, "account", $"'{text}' appears twice");
        if (!Checked(text, "account", line, out var name))
            return false;
        var account = _builder.AddAccount(name);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            return Fail(line, "messages", $"of account '{name}' must be a list");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            line += json[lineCountedTo..(int)reader.TokenStartIndex].Count((byte)'\n');
            lineCountedTo = (int)reader.TokenStartIndex;
            if (reader.TokenType != JsonTokenType.StartObject)
                return Fail(line, "message", "must be a JSON object");
            if (!ReadMessage(ref reader, account, line))
                return false;
        }

        return !_builder.IsEmpty(account) || Fail(line, "messages", $"of account '{name}' is an empty list");
    }

    /// <summary>Reads a message from its opening brace to its closing one. An account of null is a field of the message.</summary>
    private bool ReadMessage(ref Utf8JsonReader reader, int? account, int line)
    {
        var takesAccount = account is null;
        string? id = null;
        byte[]? body = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!KnownField(ref reader, takesAccount, out var field))
            {
                return Fail(line, NameOf(ref reader), takesAccount
                    ? "is no field of a message; there are account, id and body"
                    : "is no field of a message; there are id and body");
            }

            var (name, again) = field switch
            {
                Field.Account => ("account", account is not null),
                Field.Id => ("id", id is not null),
                _ => ("body", body is not null),
            };
            if (again)
                return Fail(line, name, "appears twice");
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                return Fail(line, name, "must be a string");
            switch (field)
            {
                case Field.Account when ReadAccount(ref reader, line, out var position):
                    account = position;
                    break;
                case Field.Id when ReadText(ref reader, name, line, out var text) && Checked(text, name, line, out id):
                    break;
                case Field.Body when ReadBody(ref reader, line, out body):
                    break;
                default:
                    return false;
            }
        }

        if (account is not { } to)
            return Fail(line, "account", "is missing");
        if (id is null)
            return Fail(line, "id", "is missing");
        if (body is null)
            return Fail(line, "body", "is missing");
        if (!_builder.HasRoom(to))
        {
            _error = new BatchError(line, "messages", $"of account '{_builder.NameOf(to)}' are more than the {_limits.MaxMessages} that one request may write to an account")
            {
                Account = _builder.NameOf(to),
                TooLarge = true,
            };
            return false;
        }

        _builder.Add(to, id, body);
        return true;
    }

    private static bool KnownField(ref Utf8JsonReader reader, bool takesAccount, out Field field)
    {
        field = reader.ValueTextEquals("id"u8) ? Field.Id : reader.ValueTextEquals("body"u8) ? Field.Body : Field.Account;
        return field != Field.Account || (takesAccount && reader.ValueTextEquals("account"u8));
    }

    private bool ReadAccount(ref Utf8JsonReader reader, int line, out int account)
    {
        account = 0;
        if (!ReadText(ref reader, "account", line, out var text))
            return false;
        if (_builder.TryFind(text, out account))
            return true;
        if (!Checked(text, "account", line, out var name))
            return false;
        account = _builder.AddAccount(name);
        return true;
    }

    private bool ReadBody(ref Utf8JsonReader reader, int line, out byte[]? body)
    {
        body = null;
        if (!reader.ValueIsEscaped)
            return Decode(reader.ValueSpan, line, out body);
        // Base64 needs no escape, but some writers escape every slash.
        var plain = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return Decode(plain.AsSpan(0, reader.CopyString(plain)), line, out body);
        }
        catch (InvalidOperationException)
        {
            return Fail(line, "body", "is not base64 (RFC 4648, padded)");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    private bool Decode(ReadOnlySpan<byte> text, int line, out byte[]? body)
    {
        body = null;
        if (Base64Body.DecodedLength(text) > _limits.MaxBodyBytes)
        {
            _error = new BatchError(line, "body", $"is longer than {_limits.MaxBodyBytes} bytes") { TooLarge = true };
            return false;
        }

        return Base64Body.TryDecode(text, out body!) || Fail(line, "body", "is not base64 (RFC 4648, padded)");
    }

    /// <summary>The string's text, valid until the next call; its rule is still to be checked.</summary>
    private bool ReadText(ref Utf8JsonReader reader, string field, int line, out ReadOnlySpan<char> text)
    {
        text = default;
        if (reader.ValueSpan.Length > MaxRawText)
            return Fail(line, field, $"is longer than {TextRule.MaxBytes} bytes");
        try
        {
            text = _text.AsSpan(0, reader.CopyString(_text));
            return true;
        }
        catch (InvalidOperationException)
        {
            // The bytes are valid UTF-8, so only an escape can be wrong.
            return Fail(line, field, "has half a surrogate pair");
        }
    }

    private bool Checked(ReadOnlySpan<char> text, string field, int line, out string value)
    {
        value = new string(text);
        return TextRule.Problem(value) is not { } problem || Fail(line, field, problem);
    }

    private bool Fail(int line, string field, string rule)
    {
        _error = new BatchError(line, field, rule);
        return false;
    }

    /// <summary>The name of an unknown field as the answer shows it: as it was written, unless it is long or strange.</summary>
    private static string NameOf(ref Utf8JsonReader reader) =>
        reader.ValueSpan.Length <= 64 && !reader.ValueIsEscaped ? $"'{Encoding.UTF8.GetString(reader.ValueSpan)}'" : "an unknown name";

    private static int LineOf(ReadOnlySpan<byte> json, long position) => json[..(int)position].Count((byte)'\n') + 1;

    private static int FirstInvalid(ReadOnlySpan<byte> json)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(json[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        return at;
    }
}
