using System.Collections.Immutable;
using Akka.Actor;
using Akka.Hosting;

namespace ActorNode.Server.Sandbox;

/// <summary>
/// One thing that the sandbox shows: its traffic, its figures, the faults it can take, and what must hold. A part is made before the node,
/// configures it, starts with it and judges it at the end. Members are called from one place at a time.
/// </summary>
internal interface ISandboxPart
{
    /// <summary>What it is called, also in JSON.</summary>
    string Name { get; }

    /// <summary>Adds to the node what the part runs in it.</summary>
    void Configure(AkkaConfigurationBuilder akka)
    {
    }

    /// <summary>The node is ready: traffic may begin.</summary>
    void Start(SandboxNode node);

    /// <summary>How it is now.</summary>
    Task<PartStatus> StatusAsync(CancellationToken cancellationToken);

    /// <summary>What can be broken.</summary>
    IEnumerable<SandboxFault> Faults => [];

    /// <summary>Ends the traffic, and says what should hold and does not. The node still runs.</summary>
    Task<ImmutableArray<string>> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Says what should hold after the node's end and does not.</summary>
    ImmutableArray<string> CheckAfterEnd() => [];
}

/// <summary>The node that a part has to do with.</summary>
internal sealed record SandboxNode(ActorSystem System, IReadOnlyActorRegistry Actors, IReadOnlyCollection<string> Urls);

/// <summary>How a part is at one moment. Figures are named values; a value is text, a number, or yes or no.</summary>
internal sealed record PartStatus(ImmutableArray<Figure> Figures)
{
    public ImmutableArray<StatusTable> Tables { get; init; } = [];
}

/// <summary>One value. <paramref name="Brief"/>: it belongs in the line of a second.</summary>
internal readonly record struct Figure(string Name, object Value, bool Brief = false);

/// <summary>A table of a part.</summary>
internal sealed record StatusTable(string Name, ImmutableArray<string> Columns, ImmutableArray<ImmutableArray<string>> Rows);
