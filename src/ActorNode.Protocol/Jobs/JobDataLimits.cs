namespace ActorNode.Protocol.Jobs;

/// <summary>What a JSON value from outside may be. Checked while it is read, before anything is kept of it.</summary>
/// <param name="MaxBytes">Bytes of its text.</param>
/// <param name="MaxDepth">Objects and arrays within each other.</param>
/// <param name="MaxKeys">Members of all its objects together.</param>
public sealed record JobDataLimits(int MaxBytes = 1024 * 1024, int MaxDepth = JobData.MaxDepth, int MaxKeys = 10_000)
{
    /// <summary>Those of what becomes data of a job or a run.</summary>
    public static readonly JobDataLimits Default = new();

    /// <summary>Those of a text that only parts of are kept: what a server answered.</summary>
    public static readonly JobDataLimits Document = new(int.MaxValue, MaxDepth: 64, MaxKeys: 1_000_000);
}
