using System.Collections.Immutable;

namespace Akka.Persistence.Journal;

/// <summary>An event with tags by which it can be found. A write event adapter makes it; the tags are stored beside the payload.</summary>
public struct Tagged
{
    public Tagged(object payload, IEnumerable<string> tags) : this(payload, tags.ToImmutableHashSet())
    {
    }

    public Tagged(object payload, IImmutableSet<string> tags) : this()
    {
        Payload = payload;
        Tags = tags;
    }

    public object Payload { get; }

    public IImmutableSet<string> Tags { get; }
}
