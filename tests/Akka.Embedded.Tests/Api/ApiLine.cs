namespace Akka.Embedded.Tests.Api;

/// <summary>
/// One line of a listing: <c>declaring type: member</c>, or for a type itself <c>type: type kind : base, interfaces</c>.
/// </summary>
internal sealed record ApiLine(string Type, string Member)
{
    private const string TypeMark = "type ";
    private static readonly string[] MemberMarks = ["protected ", "static ", "abstract ", "virtual "];

    public bool IsType => Member.StartsWith(TypeMark, StringComparison.Ordinal);

    public string Kind => Member[TypeMark.Length..].Split(" : ")[0];

    public bool IsAbstract => Member.Contains("abstract ", StringComparison.Ordinal) && !IsType;

    /// <summary>
    /// What the member is called, without parameters, type parameters and accessor prefix: overloads share it, and so do the two
    /// accessors of a property.
    /// </summary>
    public string Name
    {
        get
        {
            if (IsType)
                return TypeMark;
            var member = Member;
            while (MemberMarks.FirstOrDefault(mark => member.StartsWith(mark, StringComparison.Ordinal)) is { } mark)
                member = member[mark.Length..];
            if (member.StartsWith("field ", StringComparison.Ordinal))
                return member[(member.LastIndexOf(' ') + 1)..];

            // The name is what stands before the parameters: after the last space that is not inside type arguments.
            var head = member[..member.IndexOf('(', StringComparison.Ordinal)];
            var depth = 0;
            var start = head.Length - 1;
            for (; start >= 0 && (depth > 0 || head[start] != ' '); start--)
                depth += head[start] switch { '>' => 1, '<' => -1, _ => 0 };
            var name = head[(start + 1)..].Split('<')[0];
            return name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal) ? name[4..] : name;
        }
    }

    public static ApiLine Parse(string line)
    {
        // Two colons of a nested or generic name never carry a space behind them; the separator does.
        var separator = line.IndexOf(": ", StringComparison.Ordinal);
        return new ApiLine(line[..separator], line[(separator + 2)..]);
    }

    /// <summary>Kind, base and interfaces of a type line, without interfaces that a type of the framework brings along.</summary>
    public string TypeWithout(IReadOnlySet<string> inheritedFromFramework)
    {
        var parts = Member[TypeMark.Length..].Split(" : ", 2);
        return parts.Length == 1
            ? parts[0]
            : parts[0] + " : " + string.Join(", ", SplitNames(parts[1]).Where(name => !inheritedFromFramework.Contains(name)));
    }

    public override string ToString() => $"{Type}: {Member}";

    private static IEnumerable<string> SplitNames(string names)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i < names.Length; i++)
        {
            depth += names[i] switch { '<' => 1, '>' => -1, _ => 0 };
            if (depth > 0 || names[i] != ',')
                continue;
            yield return names[start..i].Trim();
            start = i + 1;
        }

        yield return names[start..].Trim();
    }
}
