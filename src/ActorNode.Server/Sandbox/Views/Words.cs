using System.Globalization;

namespace ActorNode.Server.Sandbox.Views;

/// <summary>How values, faults and ends read.</summary>
internal static class Words
{
    public static string Of(object value) => value switch
    {
        bool yes => yes ? "yes" : "no",
        IFormattable number => number.ToString("#,0.##", CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    public static string Of(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    public static string Of(FaultKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>What has become of a fault.</summary>
    public static string OutcomeOf(FaultStatus fault) => fault switch
    {
        { Error: { } error } => $"NOT HEALED: {error}",
        { HealedAfter: { } after } => $"healed after {Of(after)}: {fault.HealedBy}",
        { InjectedAt: not null } => "broken",
        _ => $"planned at {Of(fault.PlannedAt)}",
    };

    /// <summary>The last lines of every run.</summary>
    public static IEnumerable<string> Summary(SandboxSummary summary)
    {
        yield return $"sandbox ran {Of(summary.Last.Elapsed)} with seed {summary.Options.Seed}";
        foreach (var (part, status) in summary.Last.Parts)
            yield return $"  {part}: {string.Join(", ", status.Figures.Where(f => Of(f.Value).Length > 0).Select(f => $"{f.Name} {Of(f.Value)}"))}";
        if (summary.Options.Faults)
        {
            var injected = summary.Last.Faults.Where(f => f.InjectedAt is not null).ToArray();
            yield return $"faults: {injected.Length} injected, {injected.Count(f => f.HealedAfter is not null)} healed";
            foreach (var fault in summary.Last.Faults.Where(f => f.InjectedAt is not null || f.Error is not null))
                yield return $"  {fault.Number}. {Of(fault.Kind)} {fault.What}: {OutcomeOf(fault)}";
        }

        if (summary.Reasons.Count == 0)
            yield return summary.Options.Faults ? "OK: every invariant held and every fault healed" : "OK: every invariant held";
        foreach (var reason in summary.Reasons)
            yield return $"FAILED: {reason}";
    }
}
