namespace ActorNode.Tezos.Simulation;

/// <summary>Chance that depends on what it is about alone, not on what was asked before: the same seed makes the same chain, whatever came when.</summary>
internal static class Chance
{
    /// <summary>From 0 to less than 1.</summary>
    public static double Of(int seed, params ReadOnlySpan<int> about) => (Mixed(seed, about) >> 11) * (1.0 / (1UL << 53));

    /// <summary>From 0 to less than the limit.</summary>
    public static int Below(int limit, int seed, params ReadOnlySpan<int> about) => (int)(Mixed(seed, about) % (ulong)limit);

    private static ulong Mixed(int seed, ReadOnlySpan<int> about)
    {
        var mixed = Mix((ulong)(uint)seed);
        foreach (var value in about)
            mixed = Mix(mixed ^ (uint)value);
        return mixed;
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value += 0x9e3779b97f4a7c15;
            value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
            value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
            return value ^ (value >> 31);
        }
    }
}
