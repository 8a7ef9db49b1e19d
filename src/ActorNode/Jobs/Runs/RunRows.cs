using System.Text.Json;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Runs;

/// <summary>Runs as the listing holds them.</summary>
internal static class RunRows
{
    public static RunRow Of(JobRun run, long sequence) => new(
        run.Id, run.JobId, sequence, run.Status, run.CreatedAt, run.UpdatedAt, run.FinishedAt, JsonSerializer.SerializeToUtf8Bytes(run, JobsJson.Default.JobRun));
}
