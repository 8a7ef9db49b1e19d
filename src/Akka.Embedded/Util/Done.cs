namespace Akka;

/// <summary>The result of an operation that has none: it is done.</summary>
public sealed class Done
{
    public static readonly Done Instance = new();

    private Done()
    {
    }
}

/// <summary>Stands where a type argument has no meaning.</summary>
public sealed class NotUsed : IComparable<NotUsed>, IEquatable<NotUsed>
{
    public static readonly NotUsed Instance = new();

    private NotUsed()
    {
    }

    public int CompareTo(NotUsed? other) => 0;

    public bool Equals(NotUsed? other) => true;

    public override bool Equals(object? obj) => obj is NotUsed;

    public override int GetHashCode() => 0;

    public override string ToString() => nameof(NotUsed);
}
