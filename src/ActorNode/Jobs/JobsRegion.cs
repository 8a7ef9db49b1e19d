namespace ActorNode.Jobs;

/// <summary>The key of the jobs' region in the actor registry: what takes everything that carries a job's id.</summary>
public sealed class JobsRegion
{
    private JobsRegion()
    {
    }
}
