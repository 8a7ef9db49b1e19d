using System.IO.Enumeration;
using Akka.Configuration;

namespace Akka.Actor;

/// <summary>
/// <c>akka.actor.deployment</c>: dispatcher, mailbox and stash capacity by the path below /user. In an element of a key, * stands
/// for any name; an exact key goes before one with stars.
/// </summary>
internal sealed class Deployments
{
    private readonly List<(string[] Elements, Deploy Deploy)> _entries = [];

    public Deployments(Config config)
    {
        foreach (var (key, value) in config.GetConfig("akka.actor.deployment")?.AsEnumerable() ?? [])
        {
            if (key == "default")
                continue;
            var section = value.ToConfig();
            var deploy = Deploy.None
                .WithDispatcher(section.GetString("dispatcher", ""))
                .WithMailbox(section.GetString("mailbox", ""))
                .WithStashCapacity(section.GetInt("stash-capacity", Deploy.NoStashSize));
            _entries.Add((key.Split('/', StringSplitOptions.RemoveEmptyEntries), deploy));
        }

        _entries.Sort((a, b) => a.Elements.Count(e => e.Contains('*')).CompareTo(b.Elements.Count(e => e.Contains('*'))));
    }

    public bool Any => _entries.Count > 0;

    public Deploy For(ActorPath path)
    {
        var elements = path.Elements;
        if (elements.Count < 2 || elements[0] != "user")
            return Deploy.None;
        foreach (var (pattern, deploy) in _entries)
        {
            if (Matches(pattern, elements))
                return deploy;
        }

        return Deploy.None;
    }

    private static bool Matches(string[] pattern, IReadOnlyList<string> elements)
    {
        if (pattern.Length != elements.Count - 1)
            return false;
        for (var i = 0; i < pattern.Length; i++)
        {
            if (!FileSystemName.MatchesSimpleExpression(pattern[i], elements[i + 1], ignoreCase: false))
                return false;
        }

        return true;
    }
}
