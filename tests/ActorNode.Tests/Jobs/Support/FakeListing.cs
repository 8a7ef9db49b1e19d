using System.Collections.Concurrent;
using System.Text.Json;
using ActorNode.Jobs;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using Akka.Actor;

namespace ActorNode.Tests.Jobs.Support;

/// <summary>The listing of a node: keeps rows by the rule that a lower sequence never replaces a higher one, and fails when the test says so.</summary>
public sealed class FakeListing
{
    private readonly ConcurrentQueue<Action> _held = new();
    private volatile bool _fails;
    private volatile bool _holds;

    public ConcurrentDictionary<RunId, RunRow> Runs { get; } = new();

    public ConcurrentDictionary<JobId, JobRow> Jobs { get; } = new();

    /// <summary>Rows that were refused.</summary>
    public int Refused { get; private set; }

    public bool Fails
    {
        get => _fails;
        set => _fails = value;
    }

    /// <summary>Rows that wait until they are released.</summary>
    public int Held => _held.Count;

    /// <summary>Rows are neither stored nor refused from now on.</summary>
    public void Hold() => _holds = true;

    /// <summary>The rows that wait are stored now; further ones are at once.</summary>
    public void Release()
    {
        _holds = false;
        while (_held.TryDequeue(out var store))
            store();
    }

    public JobRun Run(RunId id) => JsonSerializer.Deserialize(Runs[id].Body.Span, JobsJson.Default.JobRun)!;

    public JobSpec Job(JobId id) => JsonSerializer.Deserialize(Jobs[id].Body.Span, JobsJson.Default.JobSpec)!;

    public Props Props() => Akka.Actor.Props.Create(() => new Writer(this));

    private void Execute(CommitCommand command)
    {
        switch (command)
        {
            case CommitCommand.PutJob put:
                Jobs.AddOrUpdate(put.Row.Id, put.Row, (_, known) => known.Sequence > put.Row.Sequence ? known : put.Row);
                break;
            case CommitCommand.PutRun put:
                Runs.AddOrUpdate(put.Row.Id, put.Row, (_, known) => known.Sequence > put.Row.Sequence ? known : put.Row);
                break;
            case CommitCommand.DeleteRun delete:
                Runs.TryRemove(delete.Id, out _);
                break;
            default:
                throw new InvalidOperationException($"{command} is nothing that jobs write");
        }
    }

    private sealed class Writer(FakeListing listing) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            var commit = (CommitActor.Commit)message;
            if (listing.Fails)
            {
                listing.Refused++;
                Sender.Tell(new CommitActor.Failed(commit, new StoreUnavailableException("the disk is full")));
                return;
            }

            var sender = Sender;
            if (listing._holds)
                listing._held.Enqueue(Store);
            else
                Store();

            void Store()
            {
                foreach (var command in commit.Commands)
                    listing.Execute(command);
                sender.Tell(new CommitActor.Committed(commit, [.. commit.Commands.Select(_ => CommitResult.Done.Instance)]));
            }
        }
    }
}
