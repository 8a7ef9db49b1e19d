namespace ActorNode.Lightning.Simulation;

/// <summary>Where the world outside the node is kept while the node does not run.</summary>
internal interface IWorldFile
{
    /// <summary>What was written last; null: nothing.</summary>
    byte[]? Read();

    /// <summary>Replaces it, whole or not at all.</summary>
    void Write(byte[] world);
}

/// <summary>In memory, for tests: hand it to the next simulation.</summary>
internal sealed class WorldInMemory : IWorldFile
{
    private byte[]? _world;

    public byte[]? Read() => _world;

    public void Write(byte[] world) => _world = world;
}

/// <summary>In a file. It survives the end of the process at any moment, which is what the simulation needs; not a power loss.</summary>
internal sealed class WorldOnDisk(string path) : IWorldFile
{
    public byte[]? Read() => File.Exists(path) ? File.ReadAllBytes(path) : null;

    public void Write(byte[] world)
    {
        File.WriteAllBytes(path + ".new", world);
        File.Move(path + ".new", path, overwrite: true);
    }
}
