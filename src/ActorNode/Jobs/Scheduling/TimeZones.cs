using System.Buffers;

namespace ActorNode.Jobs.Scheduling;

/// <summary>Finds time zones by the names of the IANA database, <c>UTC</c> and <c>Local</c>.</summary>
internal static class TimeZones
{
    private const int MaxNameLength = 64;

    /// <summary>A name becomes part of a file's path, so nothing else gets there.</summary>
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

    /// <summary>Null: there is none of that name.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        if (name is "UTC")
            return TimeZoneInfo.Utc;
        if (name.Equals("local", StringComparison.OrdinalIgnoreCase))
            return TimeZoneInfo.Local;
        if (name.Length is 0 or > MaxNameLength || name[0] == '/' || name.AsSpan().ContainsAnyExcept(NameCharacters))
            return null;
        try
        {
            return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
        }
        catch (InvalidTimeZoneException)
        {
            // A file of the database that describes no zone, such as its index.
            return null;
        }
    }
}
