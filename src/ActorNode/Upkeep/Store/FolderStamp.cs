using System.Collections.Immutable;
using System.Globalization;
using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// The stamp file of a value: the writes that may have made it, each with the size and the hash of its bytes. It is written before the
/// value, with the write before and the one to come; whichever of the two values is there then says which write it is. So value and stamp
/// change together, although they are two files.
/// </summary>
internal sealed record FolderStamp(ImmutableArray<FolderStamp.Write> Writes)
{
    private const string Format = "actornode-stamp-1";

    /// <summary>One write.</summary>
    public sealed record Write(UpkeepStamp Stamp, long Length, string Hash);

    /// <summary>As it is in the file: a line with the format, then one a write.</summary>
    public string Text() => string.Join('\n', Writes.Select(write => string.Create(
        CultureInfo.InvariantCulture, $"{write.Stamp.Sequence} {write.Stamp.Session} {write.Stamp.Base} {write.Length} {write.Hash}")).Prepend(Format)) + "\n";

    /// <summary>Reads it back.</summary>
    /// <exception cref="StoreUnavailableException">It is damaged.</exception>
    public static FolderStamp Parse(string file, string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines is [Format, .. var writes])
        {
            var parsed = writes.Select(ParseWrite).ToImmutableArray();
            if (!parsed.Contains(null))
                return new FolderStamp(parsed!);
        }

        throw new StoreUnavailableException($"{file} is damaged; check the disk and restore a backup");
    }

    private static Write? ParseWrite(string line) =>
        line.Split(' ') is [var sequence, var session, var @base, var length, var hash]
            && Number(sequence) is { } s && Number(session) is { } n && Number(@base) is { } b && Number(length) is { } l
            ? new Write(new UpkeepStamp(s, n, b), l, hash)
            : null;

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
