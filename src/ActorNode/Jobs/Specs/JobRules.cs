using System.Collections.Immutable;
using ActorNode.Jobs.Adapters;
using ActorNode.Jobs.Scheduling;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Specs;

/// <summary>What a job must be for a node to take it. Pure but for the bridges that there are at the moment.</summary>
public static class JobRules
{
    /// <summary>The longest name of a job.</summary>
    public const int MaxName = 256;

    /// <summary>The most tries of a task.</summary>
    public const int MaxAttempts = 100;

    /// <summary>The most runs of a job at once that it may ask for.</summary>
    public const int MaxConcurrentRuns = 100_000;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestTry = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestRun = TimeSpan.FromDays(365);

    /// <summary>The rules that the job breaks, in order: its own, those of its initiators, those of its tasks. None: it is fine.</summary>
    public static ImmutableArray<string> Problems(JobSpec job, AdapterCatalog adapters, JobsSettings settings)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        if (job.StartAt is { } start && job.EndAt is { } end && start > end)
            problems.Add("StartAt cannot be before EndAt");
        if (job.Initiators.Length == 0 || job.Tasks.Length == 0)
            problems.Add("Must have at least one Initiator and one Task");
        problems.AddRange(OfLimits(job));
        foreach (var initiator in job.Initiators)
            problems.AddRange(OfInitiator(job, initiator));
        for (var i = 0; i < job.Tasks.Length; i++)
            problems.AddRange(OfTask(job.Tasks[i], $"tasks[{i}]", adapters, settings));
        return problems.DrainToImmutable();
    }

    /// <summary>Why a text is no schedule, or null. None at all is another rule's matter.</summary>
    internal static string? ScheduleProblem(string? schedule)
    {
        if (string.IsNullOrEmpty(schedule))
            return null;
        try
        {
            // Which zone stands in for none does not matter here.
            _ = CronSchedule.Parse(schedule, TimeZoneInfo.Utc);
            return null;
        }
        catch (FormatException wrong)
        {
            return $"Cron: {wrong.Message}";
        }
    }

    private static IEnumerable<string> OfLimits(JobSpec job)
    {
        if (job.Name is { } name && (name.Length is 0 or > MaxName || name.Any(char.IsControl)))
            yield return $"name: expected 1 to {MaxName} characters, none of them a control character";
        if (job.MinPayment is { } payment && payment < Juels.Zero)
            yield return "minPayment: is negative";
        if (job.MaxConcurrentRuns is { } runs && runs is < 1 or > MaxConcurrentRuns)
            yield return $"maxConcurrentRuns: {runs} is out of range: 1 to {MaxConcurrentRuns}";
        if (job is { Ordered: true, MaxConcurrentRuns: > 1 })
            yield return "maxConcurrentRuns: an ordered job has one run at once";
        if (OutOfRange("maxRunDuration", job.MaxRunDuration, Shortest, LongestRun) is { } duration)
            yield return duration;
    }

    private static IEnumerable<string> OfInitiator(JobSpec job, Initiator initiator)
    {
        switch (initiator.Type)
        {
            case InitiatorType.RunAt when TimeProblem(job, initiator.Time) is { } problem:
                yield return problem;
                break;
            case InitiatorType.Cron when string.IsNullOrEmpty(initiator.Schedule):
                yield return "Schedule must have a cron";
                break;
            case InitiatorType.Cron:
                if (ScheduleProblem(initiator.Schedule) is { } wrong)
                    yield return wrong;
                if (OutOfRange($"initiators[{initiator.Id - 1}].params.jitter", initiator.Jitter, TimeSpan.Zero, LongestTry) is { } jitter)
                    yield return jitter;
                break;
            case InitiatorType.ExecAgreement when job.Initiators.Length > 1:
                yield return "ServiceAgreement should have at most one initiator";
                break;
            case InitiatorType.External when string.IsNullOrEmpty(initiator.Name):
                yield return "External must have a name";
                break;
        }
    }

    private static string? TimeProblem(JobSpec job, DateTimeOffset? time)
    {
        if (time is not { } at)
            return "RunAt must have a time";
        if (job.StartAt is { } start && at.ToUnixTimeSeconds() < start.ToUnixTimeSeconds())
            return "RunAt time must be after job's StartAt";
        if (job.EndAt is { } end && at.ToUnixTimeSeconds() > end.ToUnixTimeSeconds())
            return "RunAt time must be before job's EndAt";
        return null;
    }

    private static IEnumerable<string> OfTask(TaskSpec task, string path, AdapterCatalog adapters, JobsSettings settings)
    {
        // A type that is unknown is a problem like the others: nothing below looks at an adapter that is not there.
        if (adapters.Find(task.Type) is not { } type)
            yield return $"{task.Type} is not a supported adapter type";
        else if (ParameterProblem(type, task.Params) is { } problem)
            yield return problem;
        else if (task.Type == SleepName && !settings.Dev)
            yield return "Sleep Adapter is not implemented yet";
        if (task.Attempts is < 1 or > MaxAttempts)
            yield return $"{path}.attempts: {task.Attempts} is out of range: 1 to {MaxAttempts}";
        if (OutOfRange($"{path}.backoff", task.Backoff, Shortest, LongestTry) is { } backoff)
            yield return backoff;
        if (OutOfRange($"{path}.timeout", task.Timeout, Shortest, LongestTry) is { } timeout)
            yield return timeout;
    }

    private const string SleepName = "sleep";

    private static string? ParameterProblem(IAdapterType type, JobData parameters)
    {
        try
        {
            _ = type.Create(parameters);
            return null;
        }
        catch (AdapterException wrong)
        {
            return wrong.Message;
        }
    }

    private static string? OutOfRange(string path, TimeSpan? duration, TimeSpan shortest, TimeSpan longest) =>
        duration is { } length && (length < shortest || length > longest)
            ? $"{path}: {GoDuration.Format(length)} is out of range: {GoDuration.Format(shortest)} to {GoDuration.Format(longest)}"
            : null;
}
