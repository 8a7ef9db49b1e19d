namespace ActorNode.Protocol.Jobs;

/// <summary>What a JSON object from outside may be. Checked while it is read, before anything is kept of it.</summary>
/// <param name="MaxBytes">Bytes of its text.</param>
/// <param name="MaxDepth">Objects and arrays within each other.</param>
/// <param name="MaxKeys">Members of all its objects together.</param>
public sealed record JobDataLimits(int MaxBytes = 1024 * 1024, int MaxDepth = 64, int MaxKeys = 10_000)
{
    /// <summary>The defaults.</summary>
    public static readonly JobDataLimits Default = new();
}
