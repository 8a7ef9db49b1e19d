using System.Globalization;
using System.Text;
using Akka.Util;

namespace Akka.Actor;

/// <summary>
/// The place of an actor in the tree, root first. Equality ignores the incarnation (<see cref="Uid"/>): a path names a
/// place, a reference names who is there.
/// </summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>, ISurrogated
{
    /// <summary>What a name may contain beside ASCII letters, digits and percent-encoded bytes.</summary>
    public static readonly string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    internal const long UndefinedUid = 0;

    protected ActorPath(Address address, string name)
    {
        Address = address;
        Name = name;
        Parent = this;
        Root = this;
    }

    protected ActorPath(ActorPath parentPath, string name, long uid)
    {
        Address = parentPath.Address;
        Parent = parentPath;
        Root = parentPath.Root;
        Depth = parentPath.Depth + 1;
        Uid = uid;
        Name = name;
    }

    public Address Address { get; }

    public string Name { get; }

    public long Uid { get; }

    /// <summary>The path above; the root is its own parent.</summary>
    public ActorPath Parent { get; }

    public ActorPath Root { get; }

    public int Depth { get; }

    public IReadOnlyList<string> Elements
    {
        get
        {
            var elements = new string[Depth];
            var path = this;
            for (var i = Depth - 1; i >= 0; i--, path = path.Parent)
                elements[i] = path.Name;
            return elements;
        }
    }

    public static bool operator ==(ActorPath? left, ActorPath? right) => Equals(left, right);

    public static bool operator !=(ActorPath? left, ActorPath? right) => !Equals(left, right);

    public static ActorPath operator /(ActorPath path, string name) => path.Child(name);

    public static ActorPath operator /(ActorPath path, IEnumerable<string> name) =>
        name.Where(element => !string.IsNullOrEmpty(element)).Aggregate(path, (parent, element) => parent.Child(element));

    /// <summary>Whether <paramref name="s"/> may name an actor: not empty, no leading $, only the allowed characters.</summary>
    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$')
            return false;
        for (var i = 0; i < s.Length; i++)
        {
            var c = s[i];
            if (char.IsAsciiLetterOrDigit(c) || ValidSymbols.Contains(c))
                continue;
            if (c != '%' || i + 2 >= s.Length || !char.IsAsciiHexDigit(s[i + 1]) || !char.IsAsciiHexDigit(s[i + 2]))
                return false;
            i += 2;
        }

        return true;
    }

    public static string FormatPathElements(IEnumerable<string> pathElements) => string.Join("/", pathElements);

    public static ActorPath Parse(string path) =>
        TryParse(path, out var actorPath) ? actorPath! : throw new UriFormatException($"Can not parse an ActorPath: {path}");

    public static bool TryParse(string path, out ActorPath? actorPath)
    {
        actorPath = null;
        return TryParseAddress(path, out var address, out var rest) && TryParse(new RootActorPath(address!), rest, out actorPath);
    }

    public static bool TryParse(ActorPath basePath, string absoluteUri, out ActorPath? actorPath) =>
        TryParse(basePath, absoluteUri.AsSpan(), out actorPath);

    /// <summary>Appends the elements of <paramref name="absoluteUri"/>; the last may end in <c>#uid</c>.</summary>
    public static bool TryParse(ActorPath basePath, ReadOnlySpan<char> absoluteUri, out ActorPath? actorPath)
    {
        actorPath = null;
        var uid = UndefinedUid;
        var fragment = absoluteUri.IndexOf('#');
        if (fragment >= 0)
        {
            if (!long.TryParse(absoluteUri[(fragment + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out uid))
                return false;
            absoluteUri = absoluteUri[..fragment];
        }

        var path = basePath;
        foreach (var range in absoluteUri.Split('/'))
        {
            var element = absoluteUri[range];
            if (!element.IsEmpty)
                path = new ChildActorPath(path, element.ToString(), UndefinedUid);
        }

        actorPath = uid == UndefinedUid ? path : path.WithUid(uid);
        return true;
    }

    public static bool TryParseAddress(string path, out Address? address) => Address.TryParse(path, out address);

    public static bool TryParseAddress(string path, out Address? address, out ReadOnlySpan<char> absoluteUri) =>
        Address.TryParse(path.AsSpan(), out address, out absoluteUri);

    /// <summary>Splits the text of a path into that of its address and the rest.</summary>
    public static bool TryParseParts(ReadOnlySpan<char> path, out ReadOnlySpan<char> address, out ReadOnlySpan<char> absoluteUri)
    {
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        var slash = scheme < 0 ? -1 : path[(scheme + 3)..].IndexOf('/');
        if (slash < 0)
        {
            address = default;
            absoluteUri = default;
            return false;
        }

        address = path[..(scheme + 3 + slash)];
        absoluteUri = path[(scheme + 3 + slash)..];
        return true;
    }

    public ActorPath Child(string childName)
    {
        ArgumentNullException.ThrowIfNull(childName);
        var fragment = childName.IndexOf('#', StringComparison.Ordinal);
        return fragment > 0 && long.TryParse(childName.AsSpan(fragment + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var uid)
            ? new ChildActorPath(this, childName[..fragment], uid)
            : new ChildActorPath(this, childName, UndefinedUid);
    }

    public ActorPath WithUid(long uid) => uid == Uid ? this : Depth == 0 ? throw new NotSupportedException("RootActorPath must not have a Uid")
        : new ChildActorPath(Parent, Name, uid);

    /// <summary>The ancestor at a depth counted from the root, or from this path upwards when it is negative.</summary>
    public ActorPath ParentOf(int depth)
    {
        var current = this;
        for (var steps = depth >= 0 ? Depth - depth : -depth; steps > 0 && current.Depth > 0; steps--)
            current = current.Parent;
        return current;
    }

    public string ToStringWithoutAddress()
    {
        if (Depth == 0)
            return "/" + Name;
        var text = new StringBuilder();
        Append(text, this);
        return text.ToString();

        static void Append(StringBuilder text, ActorPath path)
        {
            if (path.Depth == 0)
            {
                if (path.Name.Length > 0)
                    text.Append('/').Append(path.Name);
                return;
            }

            Append(text, path.Parent);
            text.Append('/').Append(path.Name);
        }
    }

    public string ToStringWithAddress() => ToStringWithAddress(Address);

    /// <summary>With this path's own address where it has a host, else with <paramref name="address"/>.</summary>
    public string ToStringWithAddress(Address address) =>
        (Address.HasGlobalScope ? Address : address) + ToStringWithoutAddress();

    public string ToSerializationFormat() => ToStringWithAddress() + UidSuffix;

    public string ToSerializationFormatWithAddress(Address address) => ToStringWithAddress(address) + UidSuffix;

    public string ToStringWithUid() => ToStringWithAddress() + UidSuffix;

    public override string ToString() => ToStringWithAddress();

    public bool Equals(ActorPath? other)
    {
        if (other is null || Depth != other.Depth)
            return false;
        var mine = this;
        while (!ReferenceEquals(mine, other))
        {
            if (!string.Equals(mine.Name, other.Name, StringComparison.Ordinal))
                return false;
            if (mine.Depth == 0)
                return mine.Address.Equals(other.Address);
            mine = mine.Parent;
            other = other.Parent;
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is ActorPath other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        for (var path = this; ; path = path.Parent)
        {
            hash.Add(path.Name, StringComparer.Ordinal);
            if (path.Depth == 0)
                return hash.ToHashCode();
        }
    }

    public int CompareTo(ActorPath? other) => other is null ? 1 : string.CompareOrdinal(ToStringWithAddress(), other.ToStringWithAddress());

    public ISurrogate ToSurrogate(ActorSystem system) => new Surrogate(ToSerializationFormat());

    private string UidSuffix => Uid == UndefinedUid ? "" : "#" + Uid.ToString(CultureInfo.InvariantCulture);

    public sealed class Surrogate : ISurrogate, IEquatable<Surrogate>, IEquatable<ActorPath>
    {
        public Surrogate(string path) => Path = path;

        public string Path { get; }

        public ISurrogated FromSurrogate(ActorSystem system) => Parse(Path);

        public bool Equals(Surrogate? other) => other is not null && string.Equals(Path, other.Path, StringComparison.Ordinal);

        public bool Equals(ActorPath? other) => other is not null && TryParse(Path, out var parsed) && other.Equals(parsed);

        public override bool Equals(object? obj) => obj is Surrogate surrogate ? Equals(surrogate) : obj is ActorPath path && Equals(path);

        public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);
    }
}

/// <summary>The path of "/".</summary>
public sealed class RootActorPath : ActorPath
{
    public RootActorPath(Address address, string name = "") : base(address, name)
    {
    }
}

/// <summary>A path below another.</summary>
public sealed class ChildActorPath : ActorPath
{
    public ChildActorPath(ActorPath parentPath, string name, long uid) : base(parentPath, name, uid)
    {
    }
}
