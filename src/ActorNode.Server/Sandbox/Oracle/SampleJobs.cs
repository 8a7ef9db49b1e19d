using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ActorNode.Jobs;
using ActorNode.Jobs.Listing;
using ActorNode.Jobs.Specs;
using ActorNode.Protocol.Jobs;
using Akka.Actor;

namespace ActorNode.Server.Sandbox.Oracle;

/// <summary>The sandbox's jobs and bridges, made anew with every sandbox: its servers are at other ports each time.</summary>
internal sealed record SampleJobs(JobSpec Price, JobSpec Clock, JobSpec Bridge)
{
    private const string Prefix = "sandbox ";
    private const string Adder = "sandbox-add";
    private const string Doubler = "sandbox-double";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public ImmutableArray<JobSpec> All => [Price, Clock, Bridge];

    /// <summary>
    /// Archives what earlier sandboxes left in the node's data, lets the bridge know of runs that still wait for it, and creates the jobs. Null:
    /// the node cannot do it now; the same again may.
    /// </summary>
    public static async Task<SampleJobs?> CreateAsync(
        IActorRef jobs, IActorRef bridges, IJobsReader lists, PriceServer prices, BridgeServer bridge, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var old in await SamplesAsync(lists, cancellationToken))
        {
            if (await jobs.Ask<object>(new JobCommands.Archive(old.Id), Patience, cancellationToken) is JobReplies.Failed)
                return null;
        }

        foreach (var (name, url) in new[] { (Adder, bridge.AdderUrl), (Doubler, bridge.DoublerUrl) })
        {
            if (await bridges.Ask<object>(new BridgeCommands.Delete(name), Patience, cancellationToken) is not (BridgeReplies.Deleted or BridgeReplies.NotFound)
                || await bridges.Ask<object>(new BridgeCommands.Create(name, url), Patience, cancellationToken) is not BridgeReplies.Created created)
            {
                return null;
            }

            if (name == Doubler)
                bridge.Authenticate(created.IncomingToken);
        }

        await RememberAsync(lists, bridge, cancellationToken);
        var all = new SampleJobs(
            Spec("price", """{"type":"web"}""", now, Get(prices, """ "attempts": 4, "backoff": "200ms" """), """{"type":"multiply","params":{"times":100}}""", """{"type":"ethuint256"}"""),
            Spec("clock", """{"type":"cron","params":{"schedule":"* * * * * *"}}""", now, Get(prices, """ "attempts": 1 """), """{"type":"multiply","params":{"times":100}}"""),
            Spec("bridge", """{"type":"web"}""", now, Task(Adder), Task(Doubler)));
        foreach (var spec in all.All)
        {
            switch (await jobs.Ask<object>(new JobCommands.Create(spec), Patience, cancellationToken))
            {
                case JobReplies.Created:
                    break;
                case JobReplies.Invalid invalid:
                    throw new InvalidOperationException($"the sandbox's own job is refused: {string.Join(", ", invalid.Problems)}");
                default:
                    return null;
            }
        }

        return all;
    }

    private static async Task<List<JobSpec>> SamplesAsync(IJobsReader lists, CancellationToken cancellationToken)
    {
        const int Page = 500;
        var found = new List<JobSpec>();
        for (var offset = 0L; ; offset += Page)
        {
            var page = await lists.JobsAsync(new PageOf(offset, Page), cancellationToken);
            found.AddRange(page.Items.Select(row => JsonSerializer.Deserialize(row.Body.Span, JobsJson.Default.JobSpec)!).Where(spec => spec.Name?.StartsWith(Prefix, StringComparison.Ordinal) == true));
            if (page.Items.Length < Page)
                return found;
        }
    }

    /// <summary>A bridge knows what it owes also after its own end; this one reads it from the runs.</summary>
    private static async Task RememberAsync(IJobsReader lists, BridgeServer bridge, CancellationToken cancellationToken)
    {
        const int Page = 500;
        RunKey? after = null;
        while (await lists.RunsInAsync([RunStatus.PendingBridge], after, Page, cancellationToken) is { IsEmpty: false } page)
        {
            foreach (var key in page)
            {
                if (await lists.FindRunAsync(key.Id, cancellationToken) is { } row
                    && JsonSerializer.Deserialize(row.Body.Span, JobsJson.Default.JobRun) is { } run
                    && run.Tasks[run.Current].Task.Type == Doubler
                    && run.Result.Data.Result is { ValueKind: JsonValueKind.String } value
                    && long.TryParse(value.GetString(), out var number))
                {
                    bridge.Owe(run.Id, number);
                }
            }

            after = page[^1];
        }
    }

    private static JobSpec Spec(string name, string initiator, DateTimeOffset now, params string[] tasks) => JobSpecReader.Read(
        Encoding.UTF8.GetBytes($$"""{"name":"{{Prefix}}{{name}}","initiators":[{{initiator}}],"tasks":[{{string.Join(',', tasks)}}]}"""), JobId.New(), now);

    private static string Get(PriceServer prices, string tries) =>
        $$$"""{"type":"httpget","params":{"get":"{{{prices.Url}}}"},"timeout":"2s",{{{tries}}}},{"type":"jsonparse","params":{"path":["data","amount"]}}""";

    private static string Task(string bridge) => $$"""{"type":"{{bridge}}","attempts":4,"backoff":"200ms"}""";
}
