namespace ActorNode.Server.Commands;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>Done, or stopped as asked.</summary>
    public const int Ok = 0;

    /// <summary>Failed.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage or configuration; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>Ended by a signal before it was done: this plus the signal's number.</summary>
    public const int Signalled = 128;
}
