using System.Collections.Immutable;
using ActorNode.Jobs.Specs;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Agreements;

/// <summary>What an agreement must be for the node to sign it, in the words of the original. Pure.</summary>
public static class AgreementRules
{
    /// <summary>The answer of a node that is not in development mode.</summary>
    public const string NotInDevelopment = "Service Agreements are currently under development and not yet usable outside of development mode";

    /// <summary>The answer of a node that cannot sign.</summary>
    public const string NoAccount = "No Ethereum Accounts configured";

    private const string Terms = "Service agreement encumbrance error: ";

    /// <summary>The rules that an agreement breaks, all of them, in order. None: it is fine.</summary>
    /// <param name="terms">Its terms.</param>
    /// <param name="account">The node's.</param>
    /// <param name="jobProblems">The rules that its job breaks.</param>
    /// <param name="minimumPayment">What the node works for at least.</param>
    /// <param name="settings">What it agrees to.</param>
    /// <param name="now">When it is asked.</param>
    public static ImmutableArray<string> Problems(
        Encumbrance terms, string account, ImmutableArray<string> jobProblems, Juels minimumPayment, AgreementsSettings settings, DateTimeOffset now)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        if (terms.Payment is not { } payment)
            problems.Add(Terms + "No payment amount set");
        else if (payment < minimumPayment)
            problems.Add($"{Terms}Payment amount is below minimum {minimumPayment.ToLink()}");
        if (terms.Expiration < (ulong)settings.MinimumRequestExpiration)
            problems.Add($"{Terms}Expiration is below minimum {settings.MinimumRequestExpiration}");
        if (!terms.Oracles.Contains(account))
            problems.Add(Terms + "This node must be listed in the participating oracles");
        if (!jobProblems.IsEmpty)
            problems.Add(OfJob(jobProblems));
        // One that says nothing of its end has ended, as in the original.
        var endAt = terms.EndAt ?? DateTimeOffset.MinValue;
        if (endAt - now > settings.MaximumServiceDuration)
            problems.Add($"{Terms}endAt value of {JobJson.Time(endAt)} is too far in the future. Furthest allowed date is {JobJson.Time(now + settings.MaximumServiceDuration)}");
        else if (endAt - now < settings.MinimumServiceDuration)
            problems.Add($"{Terms}endAt value of {JobJson.Time(endAt)} is too soon. Earliest allowed date is {JobJson.Time(now + settings.MinimumServiceDuration)}");
        return problems.DrainToImmutable();
    }

    /// <summary>That an agreement's job breaks rules.</summary>
    public static string OfJob(ImmutableArray<string> problems) => $"Service agreement job spec error: Job spec validation: {string.Join(',', problems)}";
}
