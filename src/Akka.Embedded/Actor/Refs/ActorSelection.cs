using System.IO.Enumeration;

namespace Akka.Actor;

/// <summary>One step of a selection.</summary>
public abstract class SelectionPathElement;

public class SelectChildName : SelectionPathElement
{
    public SelectChildName(string name) => Name = name;

    public string Name { get; }

    protected bool Equals(SelectChildName? other) => other is not null && string.Equals(Name, other.Name, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as SelectChildName);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Name;
}

/// <summary>All children whose names match; ? is one character, * any number.</summary>
public class SelectChildPattern : SelectionPathElement
{
    public SelectChildPattern(string patternStr) => PatternStr = patternStr;

    public string PatternStr { get; }

    protected bool Equals(SelectChildPattern? other) => other is not null && string.Equals(PatternStr, other.PatternStr, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as SelectChildPattern);

    public override int GetHashCode() => PatternStr.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => PatternStr;
}

/// <summary>All descendants.</summary>
public class SelectChildRecursive : SelectionPathElement
{
    public static readonly SelectChildRecursive Instance = new();

    public override bool Equals(object? obj) => obj is SelectChildRecursive;

    public override int GetHashCode() => "**".GetHashCode(StringComparison.Ordinal);

    public override string ToString() => "**";
}

public class SelectParent : SelectionPathElement
{
    public static readonly SelectParent Instance = new();

    public override bool Equals(object? obj) => obj is SelectParent;

    public override int GetHashCode() => "..".GetHashCode(StringComparison.Ordinal);

    public override string ToString() => "..";
}

/// <summary>A message on its way along a selection, for actors that route it on.</summary>
public class ActorSelectionMessage : IAutoReceivedMessage, IPossiblyHarmful, IWrappedMessage
{
    public ActorSelectionMessage(object message, SelectionPathElement[] elements, bool wildCardFanOut = false)
    {
        Message = message;
        Elements = elements;
        WildCardFanOut = wildCardFanOut;
    }

    public object Message { get; }

    public SelectionPathElement[] Elements { get; }

    /// <summary>Whether several actors may get it: then who does not exist is not reported.</summary>
    public bool WildCardFanOut { get; }

    public ActorSelectionMessage Copy(object? message = null, SelectionPathElement[]? elements = null, bool? wildCardFanOut = null) =>
        new(message ?? Message, elements ?? Elements, wildCardFanOut ?? WildCardFanOut);

    public override string ToString() => $"ActorSelectionMessage - Message: {Message}, Elements: {string.Join("/", (object[])Elements)}";
}

/// <summary>
/// Actors by path, looked up anew for each message. The steps are taken on the sender's thread, through those who are there at
/// that moment.
/// </summary>
public class ActorSelection : ICanTell
{
    public ActorSelection()
    {
        Anchor = ActorRefs.Nobody;
        Path = [];
    }

    public ActorSelection(IActorRef anchor, SelectionPathElement[] path)
    {
        Anchor = anchor;
        Path = path;
    }

    public ActorSelection(IActorRef anchor, string path) : this(anchor, string.IsNullOrEmpty(path) ? [] : path.Split('/'))
    {
    }

    public ActorSelection(IActorRef anchor, IEnumerable<string> elements)
    {
        Anchor = anchor;
        Path = [.. elements.Where(element => element.Length > 0).Select(ElementOf)];
    }

    public IActorRef Anchor { get; }

    public SelectionPathElement[] Path { get; }

    public string PathString => "/" + string.Join("/", (object[])Path);

    public void Tell(object message, IActorRef? sender = null) =>
        Deliver((IInternalActorRef)Anchor, sender ?? ActorCell.CurrentSelf, new ActorSelectionMessage(message, Path));

    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    /// <summary>The reference of the one actor at this path.</summary>
    /// <exception cref="ActorNotFoundException">Nobody answered in time, or nobody is there.</exception>
    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var identity = await this.Ask<ActorIdentity>(new Identify(null!), timeout, ct).ConfigureAwait(false);
            return identity.Subject ?? throw new ActorNotFoundException("subject was null");
        }
        catch (AskTimeoutException e)
        {
            throw new ActorNotFoundException("Exception occurred while resolving ActorSelection", e);
        }
        catch (TaskCanceledException e)
        {
            throw new ActorNotFoundException("Exception occurred while resolving ActorSelection", e);
        }
    }

    protected bool Equals(ActorSelection? other) => other is not null && Equals(Anchor, other.Anchor) && Equals(PathString, other.PathString);

    public override bool Equals(object? obj) => Equals(obj as ActorSelection);

    public override int GetHashCode() => HashCode.Combine(Anchor, PathString);

    public override string ToString() => $"ActorSelection[Anchor({Anchor.Path}{(Anchor.Path.Uid == 0 ? "" : "#" + Anchor.Path.Uid)}), Path({PathString})]";

    internal static void Deliver(IInternalActorRef anchor, IActorRef? sender, ActorSelectionMessage selection)
    {
        var from = sender ?? ActorRefs.NoSender;
        var current = anchor;
        for (var i = 0; i < selection.Elements.Length; i++)
        {
            var last = i == selection.Elements.Length - 1;
            switch (selection.Elements[i])
            {
                case SelectParent:
                    current = current.Parent;
                    break;
                case SelectChildName { Name: var name }:
                    if (current.GetChild([name]) is not IInternalActorRef child || child.IsNobody())
                    {
                        NotFound(current, from, selection);
                        return;
                    }

                    current = child;
                    break;
                case SelectChildPattern { PatternStr: var pattern }:
                    var matching = ChildrenOf(current).Where(c => FileSystemName.MatchesSimpleExpression(pattern, c.Name, ignoreCase: false)).ToArray();
                    if (matching.Length == 0 && !selection.WildCardFanOut)
                        NotFound(current, from, selection);
                    var rest = selection.Copy(elements: selection.Elements[(i + 1)..], wildCardFanOut: selection.WildCardFanOut || matching.Length > 1);
                    foreach (var each in matching)
                        Deliver(each, sender, rest);
                    return;
                case SelectChildRecursive when last:
                    foreach (var descendant in DescendantsOf(current))
                        descendant.Tell(selection.Message, from);
                    return;
                default:
                    throw new IllegalActorStateException("A selection may have ** only as its last element");
            }
        }

        current.Tell(selection.Message, from);
    }

    private static void NotFound(IInternalActorRef at, IActorRef from, ActorSelectionMessage selection)
    {
        if (selection.WildCardFanOut || at is not LocalActorRef { Cell.System: var system })
            return;
        if (selection.Message is Identify identify)
            from?.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
        else
            new EmptyLocalActorRef(system.Provider, at.Path / selection.Elements.Select(e => e.ToString()!), system.EventStream).Tell(selection.Message, from);
    }

    private static IEnumerable<LocalActorRef> ChildrenOf(IInternalActorRef actor) => actor is LocalActorRef local ? local.Cell.ChildRefs() : [];

    private static IEnumerable<LocalActorRef> DescendantsOf(IInternalActorRef actor) =>
        ChildrenOf(actor).SelectMany(child => DescendantsOf(child).Prepend(child));

    private static SelectionPathElement ElementOf(string element) => element switch
    {
        ".." => SelectParent.Instance,
        "**" => SelectChildRecursive.Instance,
        _ when element.AsSpan().ContainsAny('?', '*') => new SelectChildPattern(element),
        _ => new SelectChildName(element)
    };
}

public static class ActorRefFactoryExtensions
{
    public static IActorRef ActorOf<TActor>(this IActorRefFactory factory, string? name = null) where TActor : ActorBase, new() =>
        factory.ActorOf(Props.Create<TActor>([]), name);

    public static ActorSelection ActorSelection(this IActorRefFactory factory, IActorRef anchorRef, string actorPath)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return ActorRefFactoryShared.ActorSelection(anchorRef, actorPath);
    }
}

public static class ActorRefFactoryShared
{
    public static ActorSelection ActorSelection(ActorPath actorPath, ActorSystem system)
    {
        var anchor = ((ExtendedActorSystem)system).Provider.RootGuardianAt(actorPath.Address);
        return new ActorSelection(anchor, actorPath.Elements);
    }

    /// <summary>By an address, by a path from the root, or by one relative to <paramref name="lookupRoot"/>.</summary>
    public static ActorSelection ActorSelection(string path, ActorSystem system, IActorRef lookupRoot)
    {
        ArgumentNullException.ThrowIfNull(path);
        var provider = ((ExtendedActorSystem)system).Provider;
        if (path.Length > 0 && path[0] == '/')
            return new ActorSelection(provider.RootGuardian, path.Split('/'));
        return ActorPath.TryParse(path, out var actorPath) ? ActorSelection(actorPath!, system) : new ActorSelection(lookupRoot, path);
    }

    public static ActorSelection ActorSelection(IActorRef anchorActorRef, string path) => new(anchorActorRef, path);
}
