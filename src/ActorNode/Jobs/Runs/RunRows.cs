using System.Text.Json;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Runs;

/// <summary>Runs as the listing holds them.</summary>
internal static class RunRows
{
    /// <summary>The run after so many events of its own journal; its acceptance, which is in that of its job, comes before them.</summary>
    public static RunRow Of(JobRun run, long events) => new(
        run.Id, run.JobId, events + 1, run.Status, run.CreatedAt, run.UpdatedAt, run.FinishedAt, JsonSerializer.SerializeToUtf8Bytes(run, JobsJson.Default.JobRun));
}
