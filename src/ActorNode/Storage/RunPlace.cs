using System.Buffers.Binary;
using System.Globalization;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Storage;

/// <summary>Where a run stands in lists: by its creation in microseconds, then by its id, which compares as its text does.</summary>
internal readonly record struct RunPlace(long CreatedAt, UInt128 Id) : IComparable<RunPlace>
{
    /// <summary>Before every run.</summary>
    public static readonly RunPlace Start = new(long.MinValue, UInt128.Zero);

    /// <summary>After every run.</summary>
    public static readonly RunPlace End = new(long.MaxValue, UInt128.MaxValue);

    public static RunPlace Of(RunRow row) => new(Timestamps.ToMicroseconds(row.CreatedAt), HexIds.Number(row.Id.Value));

    public static RunPlace Of(RunKey key) => new(Timestamps.ToMicroseconds(key.CreatedAt), HexIds.Number(key.Id.Value));

    /// <inheritdoc/>
    public int CompareTo(RunPlace other) => CreatedAt != other.CreatedAt ? CreatedAt.CompareTo(other.CreatedAt) : Id.CompareTo(other.Id);

    public static bool operator <(RunPlace left, RunPlace right) => left.CompareTo(right) < 0;

    public static bool operator >(RunPlace left, RunPlace right) => left.CompareTo(right) > 0;

    public static bool operator <=(RunPlace left, RunPlace right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RunPlace left, RunPlace right) => left.CompareTo(right) >= 0;
}

/// <summary>Ids of jobs and runs as numbers and as the 16 bytes that databases hold, all in the order of the text.</summary>
internal static class HexIds
{
    public const int Bytes = 16;

    /// <summary>The number of a valid id.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static UInt128 Number(string id) => TryNumber(id) ?? throw new ArgumentException($"'{id}' is no id of a job or run: those have 32 lower-case hexadecimal digits.", nameof(id));

    /// <summary>The number of a valid id; null: the id is none, and so nothing has it.</summary>
    public static UInt128? TryNumber(string id) =>
        new RunId(id).IsValid ? UInt128.Parse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : null;

    public static string Text(UInt128 number) => number.ToString("x32", CultureInfo.InvariantCulture);

    public static void Write(UInt128 number, Span<byte> bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, number);

    public static UInt128 Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);

    public static string Text(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
