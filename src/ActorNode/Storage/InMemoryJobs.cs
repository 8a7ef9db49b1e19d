using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Storage;

/// <summary>The lists of jobs and runs of the memory store. Written under that store's lock, read from any thread.</summary>
internal sealed class InMemoryJobs : IJobsReader
{
    private volatile State _state = new();

    /// <summary>What a transaction works on.</summary>
    public Transaction Begin() => new(_state);

    /// <summary>Puts a transaction's outcome in force.</summary>
    public void Commit(Transaction transaction) => _state = transaction.State;

    public ValueTask<JobRow?> FindJobAsync(JobId id, CancellationToken cancellationToken) => new(_state.Jobs.GetValueOrDefault(id));

    public ValueTask<ListPage<JobRow>> JobsAsync(PageOf page, CancellationToken cancellationToken) =>
        new(Page(_state.Jobs.Values.Where(job => job.ArchivedAt is null).OrderBy(job => job.CreatedAt).ThenBy(job => job.Id.Value, StringComparer.Ordinal), page));

    public ValueTask<ImmutableArray<JobId>> JobIdsAsync(JobId? after, int limit, CancellationToken cancellationToken)
    {
        var from = after is { } id ? HexIds.Text(HexIds.Number(id.Value)) : "";
        return new([.. _state.Jobs.Keys.Where(job => string.CompareOrdinal(job.Value, from) > 0).OrderBy(job => job.Value, StringComparer.Ordinal).Take(limit)]);
    }

    public ValueTask<RunRow?> FindRunAsync(RunId id, CancellationToken cancellationToken) => new(_state.Runs.GetValueOrDefault(id));

    public ValueTask<ListPage<RunRow>> RunsAsync(JobId? job, PageOf page, CancellationToken cancellationToken)
    {
        var state = _state;
        return new(Page(state.Places.Values.Where(run => !state.IsArchived(run.JobId) && (job is null || run.JobId == job)), page));
    }

    public ValueTask<ImmutableArray<RunRow>> ErrorsAsync(JobId job, int limit, CancellationToken cancellationToken) =>
        new([.. _state.Places.Values.Where(run => run.JobId == job && run.Status == RunStatus.Errored).Reverse().Take(limit)]);

    public ValueTask<ImmutableArray<RunKey>> RunsInAsync(ImmutableArray<RunStatus> statuses, RunKey? after, int limit, CancellationToken cancellationToken)
    {
        var from = after is { } key ? RunPlace.Of(key) : RunPlace.Start;
        return new([.. _state.Places.Where(run => run.Key > from && statuses.Contains(run.Value.Status)).Take(limit).Select(run => Key(run.Value))]);
    }

    public ValueTask<ImmutableArray<RunKey>> RunsUpdatedBeforeAsync(
        ImmutableArray<RunStatus> statuses, DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var cutoff = Round(before);
        return new([.. _state.Runs.Values
            .Where(run => statuses.Contains(run.Status) && run.UpdatedAt < cutoff)
            .OrderBy(run => run.UpdatedAt)
            .ThenBy(run => run.Id.Value, StringComparer.Ordinal)
            .Take(limit)
            .Select(Key)]);
    }

    public ValueTask<ImmutableArray<RunKey>> RunsBeyondAsync(long keep, int limit, CancellationToken cancellationToken)
    {
        var finished = _state.Places.Values.Where(run => run.Status.IsFinished()).ToList();
        return new([.. finished.Take((int)Math.Clamp(finished.Count - Math.Max(0, keep), 0, Math.Max(0, limit))).Select(Key)]);
    }

    private static ListPage<T> Page<T>(IEnumerable<T> ascending, PageOf page)
    {
        var entries = ascending.ToList();
        var slice = ListSlice.Of(page, entries.Count);
        var items = entries.Skip((int)slice.Start).Take(slice.Length);
        return new([.. page.NewestFirst ? items.Reverse() : items], entries.Count);
    }

    private static RunKey Key(RunRow run) => new(run.Id, run.JobId, run.CreatedAt);

    private static DateTimeOffset Round(DateTimeOffset time) => Timestamps.FromMicroseconds(Timestamps.ToMicroseconds(time));

    private static DateTimeOffset? Round(DateTimeOffset? time) => time is { } given ? Round(given) : null;

    /// <summary>A transaction under way.</summary>
    public sealed class Transaction(State state)
    {
        /// <summary>What it has come to.</summary>
        public State State { get; private set; } = state;

        /// <summary>Carries a command of the lists out; null: it is none.</summary>
        public CommitResult? Execute(CommitCommand command)
        {
            switch (command)
            {
                case CommitCommand.PutJob put:
                    CommandRules.Check(put);
                    Put(put.Row);
                    break;
                case CommitCommand.PutRun put:
                    CommandRules.Check(put);
                    Put(put.Row);
                    break;
                case CommitCommand.DeleteRun delete:
                    CommandRules.Check(delete);
                    if (State.Runs.TryGetValue(delete.Id, out var run))
                        State = State with { Runs = State.Runs.Remove(run.Id), Places = State.Places.Remove(RunPlace.Of(run)) };
                    break;
                default:
                    return null;
            }

            return CommitResult.Done.Instance;
        }

        private void Put(JobRow row)
        {
            if (State.Jobs.TryGetValue(row.Id, out var stored) && row.Sequence <= stored.Sequence)
                return;
            State = State with
            {
                Jobs = State.Jobs.SetItem(row.Id, row with { CreatedAt = Round(row.CreatedAt), ArchivedAt = Round(row.ArchivedAt), Body = row.Body.ToArray() }),
            };
        }

        private void Put(RunRow row)
        {
            row = row with { CreatedAt = Round(row.CreatedAt), UpdatedAt = Round(row.UpdatedAt), FinishedAt = Round(row.FinishedAt), Body = row.Body.ToArray() };
            if (State.Runs.TryGetValue(row.Id, out var stored))
            {
                if (row.Sequence <= stored.Sequence)
                    return;
                // A run's job and creation never change.
                row = row with { JobId = stored.JobId, CreatedAt = stored.CreatedAt };
            }

            State = State with { Runs = State.Runs.SetItem(row.Id, row), Places = State.Places.SetItem(RunPlace.Of(row), row) };
        }
    }

    /// <summary>The tables. A run may be there before its job.</summary>
    public sealed record State
    {
        public ImmutableDictionary<JobId, JobRow> Jobs { get; init; } = ImmutableDictionary<JobId, JobRow>.Empty;

        public ImmutableDictionary<RunId, RunRow> Runs { get; init; } = ImmutableDictionary<RunId, RunRow>.Empty;

        /// <summary>The runs in the order of their places.</summary>
        public ImmutableSortedDictionary<RunPlace, RunRow> Places { get; init; } = ImmutableSortedDictionary<RunPlace, RunRow>.Empty;

        public bool IsArchived(JobId id) => Jobs.TryGetValue(id, out var job) && job.ArchivedAt is not null;
    }
}
