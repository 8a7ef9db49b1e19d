using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace ActorNode.Lightning.Simulation;

/// <summary>What must never happen and did: funds would be lost. Said loudly, each once. Thread-safe.</summary>
internal sealed class ViolationLog(ILogger? log)
{
    private const int Most = 100;
    private ImmutableList<string> _all = [];

    public ImmutableList<string> All => _all;

    public void Add(string violation)
    {
        if (_all.Count < Most && ImmutableInterlocked.Update(ref _all, all => all.Contains(violation) ? all : all.Add(violation)))
            log?.LogCritical("Lightning: {Violation}", violation);
    }
}
