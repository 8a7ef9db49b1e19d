using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace ActorNode.Ethereum.Agreements;

/// <summary>
/// Unicode's normal form C, by tables of its own: the node runs without the platform's globalization data, where the platform's Normalize
/// returns what it is given. Thread-safe; the tables are read when the first text needs them.
/// </summary>
internal static class Nfc
{
    /// <summary>Below this nothing decomposes into what would not be composed again, and nothing combines.</summary>
    private const char FirstCombining = '\u0300';

    // Syllables of Hangul are composed by arithmetic.
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11a7;
    private const int SyllableBase = 0xac00;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    private static readonly Lazy<Tables> Data = new(Tables.Read);

    public static string Normalize(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstCombining, char.MaxValue))
            return text;
        var tables = Data.Value;
        var runes = new List<int>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, runes, tables);
        Reorder(runes, tables);
        Compose(runes, tables);
        var normal = new StringBuilder(text.Length);
        foreach (var rune in runes)
            normal.Append(new Rune(rune).ToString());
        return normal.ToString();
    }

    private static void Decompose(int rune, List<int> into, Tables tables)
    {
        if (rune - SyllableBase is >= 0 and < Leads * Vowels * Tails and var syllable)
        {
            into.Add(LeadBase + syllable / (Vowels * Tails));
            into.Add(VowelBase + syllable % (Vowels * Tails) / Tails);
            if (syllable % Tails > 0)
                into.Add(TailBase + syllable % Tails);
        }
        else if (tables.Decompositions.TryGetValue(rune, out var parts))
        {
            foreach (var part in parts)
                Decompose(part, into, tables);
        }
        else
        {
            into.Add(rune);
        }
    }

    /// <summary>Marks that follow each other stand in the order of their classes; those of one class as they came.</summary>
    private static void Reorder(List<int> runes, Tables tables)
    {
        for (var start = 0; start < runes.Count; start++)
        {
            var end = start;
            while (end < runes.Count && tables.Class(runes[end]) > 0)
                end++;
            if (end - start > 1)
            {
                var ordered = runes.GetRange(start, end - start).OrderBy(tables.Class).ToList();
                for (var i = start; i < end; i++)
                    runes[i] = ordered[i - start];
            }

            start = Math.Max(start, end - 1);
        }
    }

    /// <summary>A mark joins the last starter before it unless one of its class or a higher stands between them.</summary>
    private static void Compose(List<int> runes, Tables tables)
    {
        var (starter, written) = (-1, 0);
        var last = 0;
        foreach (var rune in runes)
        {
            var mark = tables.Class(rune);
            var adjoins = starter == written - 1;
            if (starter >= 0 && (adjoins || last < mark) && Compose(runes[starter], rune, tables) is { } composed)
            {
                Replace(runes, starter, composed);
                continue;
            }

            if (mark == 0)
                starter = written;
            last = mark;
            Replace(runes, written++, rune);
        }

        runes.RemoveRange(written, runes.Count - written);
    }

    private static void Replace(List<int> runes, int at, int rune) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(runes)[at] = rune;

    private static int? Compose(int first, int second, Tables tables)
    {
        if (first - LeadBase is >= 0 and < Leads and var lead && second - VowelBase is >= 0 and < Vowels and var vowel)
            return SyllableBase + (lead * Vowels + vowel) * Tails;
        if (first - SyllableBase is >= 0 and < Leads * Vowels * Tails and var syllable && syllable % Tails == 0 && second - TailBase is > 0 and < Tails and var tail)
            return first + tail;
        return tables.Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private sealed record Tables(
        FrozenDictionary<int, int[]> Decompositions, FrozenDictionary<(int, int), int> Compositions, FrozenDictionary<int, int> Classes)
    {
        public int Class(int rune) => Classes.GetValueOrDefault(rune);

        public static Tables Read()
        {
            var decompositions = new Dictionary<int, int[]>();
            var compositions = new Dictionary<(int, int), int>();
            var classes = new Dictionary<int, int>();
            using var reader = new StreamReader(typeof(Nfc).Assembly.GetManifestResourceStream("nfc.txt")!);
            var readsClasses = false;
            while (reader.ReadLine() is { } line)
            {
                if (line == "classes")
                    readsClasses = true;
                if (line.Split('=') is not [var key, var value] || line.StartsWith('#'))
                    continue;
                if (readsClasses)
                {
                    var range = key.Split('-');
                    for (var rune = Number(range[0]); rune <= Number(range[^1]); rune++)
                        classes.Add(rune, int.Parse(value, CultureInfo.InvariantCulture));
                    continue;
                }

                var parts = value.TrimStart('!').Split(' ').Select(Number).ToArray();
                decompositions.Add(Number(key), parts);
                if (!value.StartsWith('!'))
                    compositions.Add((parts[0], parts[1]), Number(key));
            }

            return new Tables(decompositions.ToFrozenDictionary(), compositions.ToFrozenDictionary(), classes.ToFrozenDictionary());
        }

        private static int Number(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
