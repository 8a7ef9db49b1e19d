namespace Akka.Cluster.Hosting;

/// <summary>How a node takes part in a cluster.</summary>
public sealed class ClusterOptions
{
    public string[]? Roles { get; set; }

    /// <summary>Addresses of nodes to join, as <c>akka.tcp://system@host:port</c>.</summary>
    public string[]? SeedNodes { get; set; }

    public int? MinimumNumberOfMembers { get; set; }

    public Dictionary<string, int>? MinimumNumberOfMembersPerRole { get; set; }

    public string? AppVersion { get; set; }

    public bool? LogInfo { get; set; }

    public bool? LogInfoVerbose { get; set; }
}
