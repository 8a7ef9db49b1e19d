namespace ActorNode.Storage;

/// <summary>
/// The databases count the runs of a list by stretches of it, so that a page anywhere is found by adding up some counts and walking over
/// one stretch at most.
/// </summary>
internal static class RunStretch
{
    /// <summary>The list of the runs of all jobs. Others have the job's number or id.</summary>
    public const long AllJobs = 0;

    /// <summary>A stretch with more runs is divided. A page walks over so many entries at most before it begins.</summary>
    public const int Most = 1_024;

    /// <summary>Into stretches of so many runs, the last of which may have fewer.</summary>
    public const int Divided = 512;
}
