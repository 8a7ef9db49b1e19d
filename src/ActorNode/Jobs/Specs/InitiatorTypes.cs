using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Specs;

/// <summary>The words of job specs for initiators and their policies. Read in any letter case, written in lower case.</summary>
public static class InitiatorTypes
{
    private static readonly string[] Types = ["web", "cron", "runat", "ethlog", "runlog", "execagreement", "external"];
    private static readonly string[] Overlaps = ["allow", "skip", "queue"];
    private static readonly string[] Misses = ["skip", "once", "all"];

    /// <summary>The name of a type.</summary>
    public static string Name(InitiatorType type) => Types[(int)type];

    /// <summary>The name of a policy.</summary>
    public static string Name(OverlapPolicy overlap) => Overlaps[(int)overlap];

    /// <summary>The name of a policy.</summary>
    public static string Name(MissedTickPolicy missed) => Misses[(int)missed];

    /// <summary>The type of that name, or null.</summary>
    public static InitiatorType? Find(string name) => (InitiatorType?)Place(Types, name);

    internal static OverlapPolicy? FindOverlap(string name) => (OverlapPolicy?)Place(Overlaps, name);

    internal static MissedTickPolicy? FindMissed(string name) => (MissedTickPolicy?)Place(Misses, name);

    private static int? Place(string[] names, string name) =>
        Array.FindIndex(names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is var at && at >= 0 ? at : null;
}
