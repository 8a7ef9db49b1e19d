using System.Collections.Immutable;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Access;

/// <summary>What an external initiator must be like.</summary>
internal static class InitiatorRules
{
    private const int MaxName = 128;
    private const int MaxUrl = 2048;
    private const int MaxInitiators = 10_000;

    public static ImmutableArray<string> Problems(AccessCommands.CreateInitiator create, AccessState state)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        if (create.Name is { } name)
        {
            if (name.Length is 0 or > MaxName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                problems.Add($"name must be 1 to {MaxName} letters, digits, '-' and '_'");
            else if (state.InitiatorNamed(name) is not null)
                problems.Add($"Initiator {name} already exists");
        }

        if (create.Url is { } url && (url.Length > MaxUrl || !Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https")))
            problems.Add("url must be an http or https url");
        if (create.Url is not null && create.Name is null)
            problems.Add("url needs a name");
        if (state.Initiators.Count >= MaxInitiators)
            problems.Add($"there are {MaxInitiators} external initiators, as many as may be");
        return problems.ToImmutable();
    }
}
