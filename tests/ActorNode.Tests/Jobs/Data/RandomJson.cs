using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ActorNode.Tests.Jobs.Data;

/// <summary>JSON of all kinds of values, in no order and with escapes at will.</summary>
internal static class RandomJson
{
    private static readonly string[] Texts = ["", "a", "b", "result", "é", "\u2028", "😀", "\uE000", "<&>", "\"\\", "\n", "a/b", "\u0001", "𐀀z"];

    public static string Object(Random random, int depth)
    {
        var keys = Texts.OrderBy(_ => random.Next()).Take(random.Next(Texts.Length)).ToArray();
        return "{" + string.Join(",", keys.Select(key => $"{Text(random, key)}:{Value(random, depth - 1)}")) + "}";
    }

    private static string Value(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => Number(random),
        3 or 4 => Text(random, Texts[random.Next(Texts.Length)]),
        5 => "[" + string.Join(" , ", Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))) + "]",
        _ => Object(random, depth),
    };

    private static string Number(Random random) => random.Next(5) switch
    {
        0 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
        1 => (-random.NextDouble()).ToString("R", CultureInfo.InvariantCulture),
        2 => $"{random.Next(1000)}.{random.Next(1000)}e{random.Next(-300, 300)}",
        3 => random.Next(-5, 5).ToString(CultureInfo.InvariantCulture),
        _ => $"{random.NextInt64()}{random.NextInt64():d19}.{random.Next()}",
    };

    private static string Text(Random random, string text)
    {
        if (random.Next(3) > 0)
            return JsonSerializer.Serialize(text);
        var escaped = new StringBuilder("\"");
        foreach (var c in text)
            escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
        return escaped.Append('"').ToString();
    }
}
