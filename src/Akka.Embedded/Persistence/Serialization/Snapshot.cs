namespace Akka.Persistence.Serialization;

/// <summary>The state inside a stored snapshot, written by the snapshot serializer (id 8).</summary>
public sealed class Snapshot
{
    public Snapshot(object data) => Data = data;

    public object Data { get; }

    public override bool Equals(object? obj) => obj is Snapshot other && Equals(Data, other.Data);

    public override int GetHashCode() => Data?.GetHashCode() ?? 0;
}
