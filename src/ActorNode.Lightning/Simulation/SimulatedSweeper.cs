using System.Collections.Immutable;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>What is stored of a sweeper: the outputs that it brings home, and the height of the latest transaction of each.</summary>
internal sealed record SweeperState(ImmutableSortedDictionary<string, int> Tracked)
{
    public static readonly SweeperState Empty = new(ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal));
}

/// <summary>
/// Brings the outputs of closed channels home: a new transaction for each block until one is confirmed, and then it watches until that is
/// deep in the chain. It persists itself, before an event counts as handled. Thread-safe.
/// </summary>
internal sealed class SimulatedSweeper(World world, IUpkeepStore store, LightningCounts counts, SweeperState state) : ISweeper
{
    public static readonly UpkeepKey Key = new("", "", "output_sweeper");

    private readonly SemaphoreSlim _writing = new(1);
    private volatile SweeperState _state = state;

    public SweeperState State => _state;

    public bool IsTracked(string output) => _state.Tracked.ContainsKey(output);

    /// <summary>From now on the sweeper is responsible for an output, also after a crash. Again it does nothing.</summary>
    public async Task TrackAsync(string output, CancellationToken cancellationToken)
    {
        if (IsTracked(output))
            return;
        await ChangeAsync(tracked => tracked.SetItem(output, 0), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RegenerateAndBroadcastSpendIfNecessaryAsync(CancellationToken cancellationToken)
    {
        var broadcast = new Dictionary<string, int>(StringComparer.Ordinal);
        var done = new List<string>();
        lock (world.Gate)
        {
            var height = world.State.Height;
            foreach (var (id, at) in _state.Tracked)
            {
                if (!world.State.Outputs.TryGetValue(id, out var output) || output.SweptAt <= height - World.SettledDepth)
                    done.Add(id);
                else if (output.SweptAt is null && at < height)
                    broadcast.Add(id, height);
            }
        }

        if (broadcast.Count == 0 && done.Count == 0)
            return;
        await ChangeAsync(tracked => tracked.SetItems(broadcast).RemoveRange(done), cancellationToken);
        lock (world.Gate)
        {
            foreach (var id in broadcast.Keys)
            {
                if (world.State.Outputs.TryGetValue(id, out var output))
                    world.State = world.State with { Outputs = world.State.Outputs.SetItem(id, output with { SweepBroadcast = true }) };
            }

            counts.OutputsSwept += done.Count;
        }
    }

    private async Task ChangeAsync(Func<ImmutableSortedDictionary<string, int>, ImmutableSortedDictionary<string, int>> change, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var next = new SweeperState(change(_state.Tracked));
            await store.WriteAsync(Key, Encoding.Of(next), cancellationToken);
            _state = next;
        }
        finally
        {
            _writing.Release();
        }
    }
}
