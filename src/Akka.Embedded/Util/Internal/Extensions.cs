namespace Akka.Util.Internal;

/// <summary>Small helpers that programs use through this name.</summary>
public static class Extensions
{
    /// <summary>A cast, in the place where a call reads better.</summary>
    public static T AsInstanceOf<T>(this object self) => (T)self;

    /// <summary>Everything after the first <paramref name="count"/>, evaluated at once.</summary>
    public static IEnumerable<T> Drop<T>(this IEnumerable<T> self, int count) => [.. self.Skip(count)];

    /// <summary>The first element, or the type's default.</summary>
    public static T Head<T>(this IEnumerable<T> self) => self.FirstOrDefault()!;

    public static IEnumerable<T> TakeRight<T>(this IEnumerable<T> self, int n) => self.TakeLast(n);

    public static IEnumerable<T> Concat<T>(this IEnumerable<T>? enumerable, T item) => (enumerable ?? []).Append(item);

    public static void ForEach<T>(this IEnumerable<T> source, Action<T> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        foreach (var item in source)
            action(item);
    }

    public static string Join(this IEnumerable<string> self, string separator) => string.Join(separator, self);

    public static string BetweenDoubleQuotes(this string self) => $"\"{self}\"";

    /// <summary>Splits at dots, but not at those between double quotes, which are taken off.</summary>
    public static IEnumerable<string> SplitDottedPathHonouringQuotes(this string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var elements = new List<string>();
        for (var start = 0; start <= path.Length;)
        {
            var quoted = start < path.Length && path[start] == '"';
            var end = path.IndexOf(quoted ? '"' : '.', quoted ? start + 1 : start);
            if (end < 0)
                end = path.Length;
            elements.Add(quoted ? path[(start + 1)..end] : path[start..end]);
            start = quoted ? end + 2 : end + 1;
        }

        return elements;
    }

    public static void AddOrSet<TKey, TValue>(this IDictionary<TKey, TValue> hash, TKey key, TValue value) => hash[key] = value;

    public static IDictionary<TKey, TValue> AddAndReturn<TKey, TValue>(this IDictionary<TKey, TValue> hash, TKey key, TValue value)
    {
        hash[key] = value;
        return hash;
    }

    public static TValue GetOrElse<TKey, TValue>(this IDictionary<TKey, TValue> hash, TKey key, TValue elseValue) =>
        hash.TryGetValue(key, out var value) ? value : elseValue;

    public static TimeSpan Max(this TimeSpan @this, TimeSpan other) => @this > other ? @this : other;

    public static TimeSpan Min(this TimeSpan @this, TimeSpan other) => @this < other ? @this : other;
}
