using System.Globalization;
using System.Text;

namespace ActorNode.Ethereum.Tests.Logs;

/// <summary>Writes the same random value as CBOR, in one of its forms, and as JSON.</summary>
internal static class CborGenerator
{
    public static void Map(Random random, List<byte> cbor, StringBuilder json, int depth)
    {
        var count = random.Next(4);
        var indefinite = random.Next(2) == 0;
        Head(random, cbor, 5, count, indefinite);
        json.Append('{');
        for (var i = 0; i < count; i++)
        {
            json.Append(i == 0 ? "" : ",");
            Text(random, cbor, json, $"k{i}");
            json.Append(':');
            Value(random, cbor, json, depth + 1);
        }

        json.Append('}');
        if (indefinite)
            cbor.Add(0xff);
    }

    private static void Value(Random random, List<byte> cbor, StringBuilder json, int depth)
    {
        switch (random.Next(depth > 4 ? 4 : 6))
        {
            case 0:
                var number = random.NextInt64() >> random.Next(64);
                Number(random, cbor, 0, (ulong)number);
                json.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            case 1:
                var negative = random.NextInt64() >> random.Next(64);
                Number(random, cbor, 1, (ulong)negative);
                json.Append(CultureInfo.InvariantCulture, $"{-1 - negative}");
                break;
            case 2:
                Text(random, cbor, json, new string('x', random.Next(30)) + (random.Next(2) == 0 ? "ö" : ""));
                break;
            case 3:
                var value = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20));
                cbor.Add(0xfb);
                cbor.AddRange(BitConverter.GetBytes(value).Reverse());
                json.Append(CultureInfo.InvariantCulture, $"{value:R}");
                break;
            case 4:
                Map(random, cbor, json, depth);
                break;
            default:
                var count = random.Next(4);
                var indefinite = random.Next(2) == 0;
                Head(random, cbor, 4, count, indefinite);
                json.Append('[');
                for (var i = 0; i < count; i++)
                {
                    json.Append(i == 0 ? "" : ",");
                    Value(random, cbor, json, depth + 1);
                }

                json.Append(']');
                if (indefinite)
                    cbor.Add(0xff);
                break;
        }
    }

    private static void Text(Random random, List<byte> cbor, StringBuilder json, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        json.Append('"').Append(text).Append('"');
        if (random.Next(3) > 0)
        {
            Number(random, cbor, 3, (ulong)utf8.Length);
            cbor.AddRange(utf8);
            return;
        }

        var cut = random.Next(utf8.Length + 1);
        cbor.Add(0x7f);
        Number(random, cbor, 3, (ulong)cut);
        cbor.AddRange(utf8[..cut]);
        Number(random, cbor, 3, (ulong)(utf8.Length - cut));
        cbor.AddRange(utf8[cut..]);
        cbor.Add(0xff);
    }

    private static void Head(Random random, List<byte> cbor, int major, int count, bool indefinite)
    {
        if (indefinite)
            cbor.Add((byte)(major << 5 | 31));
        else
            Number(random, cbor, major, (ulong)count);
    }

    /// <summary>In any of the lengths that it fits, the shortest or longer.</summary>
    private static void Number(Random random, List<byte> cbor, int major, ulong value)
    {
        var width = random.Next(5);
        while (width < 4 && value >= new[] { 24UL, 1UL << 8, 1UL << 16, 1UL << 32 }[width])
            width++;
        if (width == 0)
        {
            cbor.Add((byte)(major << 5 | (int)value));
            return;
        }

        cbor.Add((byte)(major << 5 | 23 + width));
        for (var shift = (8 << (width - 1)) - 8; shift >= 0; shift -= 8)
            cbor.Add((byte)(value >> shift));
    }
}
