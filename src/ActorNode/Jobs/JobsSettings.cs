using ActorNode.Configuration;
using ActorNode.Jobs.Access;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Jobs.Agreements;
using ActorNode.Jobs.Scheduling;

namespace ActorNode.Jobs;

/// <summary>Settings of the job engine: the section <c>actornode.jobs</c>.</summary>
public sealed record JobsSettings : ISettingsRules
{
    /// <summary>Allows what is not for production: sleep tasks, service agreements, external initiators.</summary>
    public bool Dev { get; init; }

    /// <summary>Runs of one job at work at once; others wait. A job may set its own.</summary>
    [InRange("1", "100000")]
    public int MaxConcurrentRuns { get; init; } = 100;

    /// <summary>Accepted runs of one job that are not finished, pending ones included; more are refused.</summary>
    [InRange("1", "1000000")]
    public int MaxUnfinishedRuns { get; init; } = 10_000;

    /// <summary>A try of a task that takes longer has failed. A task may set its own.</summary>
    [InRange("1 ms", "1 d")]
    public TimeSpan TaskTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A run that works longer, pending times not counted, is errored. Null: no limit. A job may set its own.</summary>
    [InRange("1 ms", "365 d")]
    public TimeSpan? MaxRunDuration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The pause before a task is tried again; doubles with each further try. A task may set its own.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause before a task is tried again.</summary>
    [InRange("1 ms", "1 d")]
    public TimeSpan MaxRetryBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Blocks that every task of a run from a log waits for at least.</summary>
    [InRange("0", "1000000")]
    public int MinIncomingConfirmations { get; init; } = 3;

    /// <summary>What each ethtx task adds to the payment that a run needs, in juels; also named in refusals.</summary>
    public string MinimumContractPayment { get; init; } = "1000000000000000000";

    /// <summary>A job's actor that did nothing for so long, and has no runs that go on, is stopped to save memory.</summary>
    [InRange("1 s", "365 d")]
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>So many events after a snapshot of a job the next one is made.</summary>
    [InRange("1", "1000000")]
    public int SnapshotEvery { get; init; } = 1000;

    /// <summary>Wait before a job's state is read again after its store failed; doubles with each further failure in a row.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait before it is read again.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A stopping node gives running tasks so long to end.</summary>
    [InRange("0", "1 h")]
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Deletion of finished runs.</summary>
    public Listing.JobsRetentionSettings Retention { get; init; } = new();

    /// <summary>The HTTP API.</summary>
    public JobsApiSettings Api { get; init; } = new();

    /// <summary>Users and their sessions.</summary>
    public JobsSessionSettings Sessions { get; init; } = new();

    /// <summary>Cron and single times.</summary>
    public SchedulerSettings Scheduler { get; init; } = new();

    /// <summary>What the node agrees to with others.</summary>
    public AgreementsSettings Agreements { get; init; } = new();

    /// <summary>This node's address as bridges reach it, for answers that come later. Null: bridges are told none.</summary>
    public string? BridgeResponseUrl { get; init; }

    /// <summary>Calls that tasks make over HTTP.</summary>
    public JobsHttpSettings Http { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (BridgeResponseUrl is not null && !(Uri.TryCreate(BridgeResponseUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            yield return ("bridge-response-url", $"'{BridgeResponseUrl}' is no http or https url");
        if (MinBackoff > MaxBackoff)
            yield return ("min-backoff", "is longer than max-backoff");
        if (!Protocol.Jobs.Juels.TryParse(MinimumContractPayment, out var payment) || payment < Protocol.Jobs.Juels.Zero)
            yield return ("minimum-contract-payment", "is no decimal number of juels");
    }
}
