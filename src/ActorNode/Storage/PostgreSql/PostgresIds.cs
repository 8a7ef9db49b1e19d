using ActorNode.Protocol.Jobs;

namespace ActorNode.Storage.PostgreSql;

/// <summary>Ids of jobs and runs as PostgreSQL's uuid, which compares as their text does.</summary>
internal static class PostgresIds
{
    /// <summary>The list of the runs of all jobs. No job has this id.</summary>
    public static readonly Guid AllJobs = Guid.Empty;

    public static Guid Of(JobId id) => Of(HexIds.Number(id.Value));

    public static Guid Of(RunId id) => Of(HexIds.Number(id.Value));

    public static Guid Of(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[HexIds.Bytes];
        HexIds.Write(number, bytes);
        return new Guid(bytes, bigEndian: true);
    }

    public static UInt128 Number(Guid id)
    {
        Span<byte> bytes = stackalloc byte[HexIds.Bytes];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return HexIds.Read(bytes);
    }

    public static string Text(Guid id) => id.ToString("N");
}
