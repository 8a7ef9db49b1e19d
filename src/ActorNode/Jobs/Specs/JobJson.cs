using System.Globalization;
using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Specs;

/// <summary>
/// Jobs and runs as the API shows them: the members and forms of the original, so that its clients can read them. What the original does not
/// have is written only where a job sets it, under the name by which it is given, so that what is shown can be posted again.
/// </summary>
public static class JobJson
{
    private const string ZeroAddress = "0x0000000000000000000000000000000000000000";

    /// <summary>A job as one JSON object.</summary>
    public static void WriteSpec(Utf8JsonWriter writer, JobSpec spec)
    {
        writer.WriteStartObject();
        writer.WriteString("id", spec.Id.Value);
        WriteTime(writer, "createdAt", spec.CreatedAt);
        writer.WriteStartArray("initiators");
        foreach (var initiator in spec.Initiators)
            WriteInitiator(writer, initiator);
        writer.WriteEndArray();
        writer.WriteStartArray("tasks");
        foreach (var task in spec.Tasks)
            WriteTask(writer, task, spec.CreatedAt);
        writer.WriteEndArray();
        WriteTime(writer, "startAt", spec.StartAt);
        WriteTime(writer, "endAt", spec.EndAt);
        if (spec.Name is { } name)
            writer.WriteString("name", name);
        if (spec.MinPayment is { } payment)
            writer.WriteString("minPayment", payment.ToString());
        if (spec.Ordered)
            writer.WriteBoolean("ordered", true);
        if (spec.MaxConcurrentRuns is { } concurrent)
            writer.WriteNumber("maxConcurrentRuns", concurrent);
        if (spec.MaxRunDuration is { } duration)
            writer.WriteString("maxRunDuration", GoDuration.Format(duration));
        writer.WriteEndObject();
    }

    /// <summary>A run as one JSON object.</summary>
    public static void WriteRun(Utf8JsonWriter writer, JobRun run)
    {
        writer.WriteStartObject();
        writer.WriteString("id", run.Id.Value);
        writer.WriteString("jobId", run.JobId.Value);
        writer.WritePropertyName("result");
        WriteResult(writer, run.Id, LastTask(run), run.Result);
        writer.WriteString("status", run.Status.Name());
        writer.WriteStartArray("taskRuns");
        foreach (var task in run.Tasks)
            WriteTaskRun(writer, run, task);
        writer.WriteEndArray();
        WriteTime(writer, "createdAt", run.CreatedAt);
        WriteTime(writer, "finishedAt", run.FinishedAt);
        WriteTime(writer, "updatedAt", run.UpdatedAt);
        writer.WritePropertyName("initiator");
        WriteInitiator(writer, run.Initiator);
        WriteHeight(writer, "creationHeight", run.CreationHeight);
        WriteHeight(writer, "observedHeight", run.ObservedHeight);
        writer.WritePropertyName("overrides");
        WriteResult(writer, run.Id, null, run.Overrides);
        writer.WriteEndObject();
    }

    /// <summary>A time of the API: RFC 3339 in UTC, without zeros at the end of its fraction.</summary>
    public static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static void WriteInitiator(Utf8JsonWriter writer, Initiator initiator)
    {
        writer.WriteStartObject();
        writer.WriteString("type", InitiatorTypes.Name(initiator.Type));
        writer.WriteStartObject("params");
        switch (initiator.Type)
        {
            case InitiatorType.Cron:
                WriteCron(writer, initiator);
                break;
            case InitiatorType.RunAt:
                WriteTime(writer, "time", initiator.Time);
                writer.WriteBoolean("ran", initiator.Ran);
                break;
            case InitiatorType.EthLog or InitiatorType.RunLog or InitiatorType.ExecAgreement:
                writer.WriteString("address", initiator.Address ?? ZeroAddress);
                break;
            case InitiatorType.External:
                writer.WriteString("name", initiator.Name);
                break;
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteCron(Utf8JsonWriter writer, Initiator cron)
    {
        writer.WriteString("schedule", cron.Schedule);
        if (cron.Overlap != OverlapPolicy.Allow)
            writer.WriteString("overlap", InitiatorTypes.Name(cron.Overlap));
        if (cron.Missed != MissedTickPolicy.Skip)
            writer.WriteString("missed", InitiatorTypes.Name(cron.Missed));
        if (cron.Jitter != TimeSpan.Zero)
            writer.WriteString("jitter", GoDuration.Format(cron.Jitter));
    }

    private static void WriteTask(Utf8JsonWriter writer, TaskSpec task, DateTimeOffset createdAt)
    {
        writer.WriteStartObject();
        writer.WriteNumber("ID", task.Id);
        WriteTime(writer, "CreatedAt", createdAt);
        WriteTime(writer, "UpdatedAt", createdAt);
        writer.WriteNull("DeletedAt");
        writer.WriteString("type", task.Type);
        WriteCount(writer, "confirmations", task.Confirmations);
        WriteData(writer, "params", task.Params);
        if (task.Attempts != 1)
            writer.WriteNumber("attempts", task.Attempts);
        if (task.Backoff is { } backoff)
            writer.WriteString("backoff", GoDuration.Format(backoff));
        if (task.Timeout is { } timeout)
            writer.WriteString("timeout", GoDuration.Format(timeout));
        writer.WriteEndObject();
    }

    private static void WriteTaskRun(Utf8JsonWriter writer, JobRun run, TaskRun task)
    {
        writer.WriteStartObject();
        writer.WriteString("id", task.Id.Value);
        writer.WritePropertyName("result");
        WriteResult(writer, run.Id, task.Id, task.Result);
        writer.WriteString("status", task.Status.Name());
        writer.WritePropertyName("task");
        WriteTask(writer, task.Task, run.CreatedAt);
        WriteCount(writer, "minimumConfirmations", task.MinimumConfirmations);
        WriteCount(writer, "confirmations", task.Confirmations);
        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, RunId run, RunId? task, RunResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("jobRunId", run.Value);
        writer.WriteString("taskRunId", task is { } id ? id.Value : "");
        WriteData(writer, "data", result.Data);
        writer.WriteString("status", result.Status.Name());
        writer.WriteString("error", result.Error);
        if (result.Amount is { } amount)
            writer.WriteString("amount", amount.ToString());
        writer.WriteEndObject();
    }

    /// <summary>The task whose result is the run's: the last that was executed.</summary>
    private static RunId? LastTask(JobRun run)
    {
        for (var i = run.Tasks.Length - 1; i >= 0; i--)
        {
            if (run.Tasks[i].Status != RunStatus.Unstarted)
                return run.Tasks[i].Id;
        }

        return null;
    }

    private static void WriteData(Utf8JsonWriter writer, string name, JobData data)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(data.Utf8.Span, skipInputValidation: true);
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } at)
            writer.WriteString(name, Time(at));
        else
            writer.WriteNull(name);
    }

    private static void WriteCount(Utf8JsonWriter writer, string name, uint? count)
    {
        if (count is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }

    /// <summary>Block heights are decimal strings: other chains have larger ones than a double holds.</summary>
    private static void WriteHeight(Utf8JsonWriter writer, string name, long? height)
    {
        if (height is { } block)
            writer.WriteString(name, block.ToString(CultureInfo.InvariantCulture));
        else
            writer.WriteNull(name);
    }
}
