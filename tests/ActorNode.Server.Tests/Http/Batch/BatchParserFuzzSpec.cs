using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorNode.Protocol.Messages;
using ActorNode.Server.Http.Batch;
using Xunit;

namespace ActorNode.Server.Tests.Http.Batch;

/// <summary>
/// Generated bodies, valid ones and damaged ones, against a reading of the same rules by other means (System.Text.Json's document model).
/// Seeded: a failure names the seed.
/// </summary>
public sealed class BatchParserFuzzSpec
{
    private static readonly BatchLimits Limits = new(MaxMessages: 6, MaxBytes: 4_000, MaxBodyBytes: 40);
    private static readonly string[] Texts = ["a", "b", "ä/%", "🙂", "", "x\u0001", "\\", "\"", new string('z', 256), new string('z', 257), "A\u2028"];
    private static readonly string[] Bodies = ["", "AQ==", "AQI=", "AQID", "AR==", "A", "AQ", "A Q=", "====", "A===", "/+/+", "-_-_", Convert.ToBase64String(new byte[40]), Convert.ToBase64String(new byte[41])];
    private static readonly string[] Fields = ["account", "id", "body", "Id", "x"];

    [Theory(DisplayName = "Generated bodies are accepted exactly when every rule holds, with the same messages, and nothing throws")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Agrees_with_the_document_model(int seed)
    {
        var random = new Random(seed);
        var accepted = 0;
        for (var i = 0; i < 8_000; i++)
        {
            var lines = random.Next(2) == 0;
            var text = Encoding.UTF8.GetBytes(lines ? Lines(random) : Object(random));
            var damaged = random.Next(3) == 0;
            if (damaged)
                text = Damage(text, random);
            var error = lines ? BatchParser.ParseLines(text, Limits, out var batch) : BatchParser.ParseObject(text, Limits, out batch);
            var expected = lines ? ReadLines(text) : ReadObject(text);
            var shown = $"seed {seed}, round {i}: {Encoding.Latin1.GetString(text)}";
            Assert.True(expected is null == error is not null, $"{shown}: {error}");
            if (error is null)
            {
                accepted++;
                Assert.True(expected!.SequenceEqual(Flat(batch)), shown);
            }
            else
            {
                Assert.True(batch.IsEmpty, shown);
                Assert.True(error.Line >= 0 && error.Line <= text.Count(b => b == '\n') + 1, shown);
            }
        }

        // Otherwise the comparison would say nothing about what is accepted.
        Assert.InRange(accepted, 500, 7_500);
    }

    private static IEnumerable<(string, string, string)> Flat(ImmutableArray<MessageCommands.Write> batch) =>
        batch.SelectMany(w => w.Messages.Select(m => (w.AccountId.Value, m.Id.Value, Convert.ToBase64String(m.Body.Span))));

    private static string Lines(Random random) => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ =>
        random.Next(12) == 0 ? "\n" : Message(random, withAccount: true) + (random.Next(5) == 0 ? "\r\n" : "\n")));

    private static string Object(Random random)
    {
        var accounts = Enumerable.Range(0, random.Next(4)).Select(_ =>
            $"{Json(random, Text(random))}:[{string.Join(", ", Enumerable.Range(0, random.Next(8) == 0 ? random.Next(8) : 1).Select(_ => Message(random, withAccount: false)))}]");
        return $"{{{string.Join(",\n", accounts)}}}";
    }

    private static string Message(Random random, bool withAccount)
    {
        List<string> fields = withAccount ? ["account", "id", "body"] : ["id", "body"];
        if (random.Next(20) == 0)
            fields.RemoveAt(random.Next(fields.Count));
        if (random.Next(20) == 0)
            fields.Add(Fields[random.Next(Fields.Length)]);
        var shuffled = fields.ToArray();
        random.Shuffle(shuffled);
        return $"{{{string.Join(",", shuffled.Select(f => $"{Json(random, f)}:{Value(random, f)}"))}}}";
    }

    private static string Value(Random random, string field)
    {
        if (random.Next(40) == 0)
            return new[] { "1", "null", "true", "[]", "{}", "{\"a\":[1]}", "\"\\ud83d\"", "\"\\udc00x\"", "nul", "01", "'a'" }[random.Next(11)];
        return Json(random, field == "body" ? (random.Next(8) == 0 ? Bodies[random.Next(Bodies.Length)] : Bodies[random.Next(4)]) : Text(random));
    }

    private static string Text(Random random) => random.Next(8) == 0 ? Texts[random.Next(Texts.Length)] : Texts[random.Next(4)];

    /// <summary>One of the ways to write a string.</summary>
    private static string Json(Random random, string text)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (random.Next(10) == 0)
                json.Append("\\u").Append(((int)c).ToString("x4", null));
            else if (c == '/' && random.Next(2) == 0)
                json.Append("\\/");
            else if (c is '"' or '\\')
                json.Append('\\').Append(c);
            else if (c < ' ')
                json.Append("\\u").Append(((int)c).ToString("x4", null));
            else
                json.Append(c);
        }

        return json.Append('"').ToString();
    }

    private static byte[] Damage(byte[] text, Random random)
    {
        var list = text.ToList();
        for (var n = random.Next(3); n >= 0; n--)
        {
            var at = random.Next(list.Count + 1);
            switch (random.Next(4))
            {
                case 0 when at < list.Count:
                    list.RemoveAt(at);
                    break;
                case 1:
                    list.Insert(at, (byte)"{}[],:\"\\\n =A\u007f"[random.Next(13)]);
                    break;
                case 2 when at < list.Count:
                    list[at] = (byte)random.Next(256);
                    break;
                default:
                    list.RemoveRange(at, random.Next(list.Count - at + 1));
                    break;
            }
        }

        return [.. list];
    }

    // The same rules over a document that is read whole. Null: refused.
    private static List<(string, string, string)>? ReadLines(byte[] bytes)
    {
        if (Utf8(bytes) is not { } text)
            return null;
        var order = new List<string>();
        var byAccount = new Dictionary<string, List<(string, string, string)>>();
        foreach (var line in text.Split('\n').Where(l => l.Trim(' ', '\t', '\r').Length > 0))
        {
            if (Document(line) is not JsonObject o || Texted(o, "account") is not { } account || ReadMessage(o, account, 3) is not { } message)
                return null;
            if (!byAccount.TryGetValue(account, out var messages))
            {
                order.Add(account);
                byAccount[account] = messages = [];
            }

            messages.Add(message);
        }

        return Whole([.. order.Select(a => byAccount[a])]);
    }

    private static List<(string, string, string)>? ReadObject(byte[] bytes)
    {
        if (Utf8(bytes) is not { } text || Document(text) is not JsonObject all)
            return null;
        var accounts = new List<List<(string, string, string)>>();
        foreach (var (account, list) in all)
        {
            if (TextRule.Problem(account) is not null || list is not JsonArray { Count: > 0 } array)
                return null;
            var messages = array.Select(m => m is JsonObject o ? ReadMessage(o, account, 2) : null).ToList();
            if (messages.Any(m => m is null))
                return null;
            accounts.Add([.. messages.Select(m => m!.Value)]);
        }

        return Whole(accounts);
    }

    private static List<(string, string, string)>? Whole(List<List<(string Account, string Id, string Body)>> accounts)
    {
        var fits = accounts.Count > 0 && accounts.All(a => a.Count <= Limits.MaxMessages
            && a.Sum(m => 128 + Convert.FromBase64String(m.Body).Length + 2 * m.Id.Length) <= Limits.MaxBytes);
        return fits ? [.. accounts.SelectMany(a => a)] : null;
    }

    private static (string, string, string)? ReadMessage(JsonObject o, string account, int fields)
    {
        if (o.Count != fields || Texted(o, "id") is not { } id || !o.TryGetPropertyValue("body", out var node) || Plain(node) is not { } body)
            return null;
        try
        {
            var decoded = Convert.FromBase64String(body);
            return decoded.Length <= Limits.MaxBodyBytes && Convert.ToBase64String(decoded) == body ? (account, id, body) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string? Texted(JsonObject o, string field) =>
        o.TryGetPropertyValue(field, out var node) && Plain(node) is { } text && TextRule.Problem(text) is null ? text : null;

    private static string? Plain(JsonNode? node)
    {
        try
        {
            return node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonNode? Document(string text)
    {
        try
        {
            var node = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            // The objects are read lazily; this reads them all.
            _ = node?.DeepClone();
            return node;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static string? Utf8(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
