using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Specs;

/// <summary>
/// Reads job specs. It answers whether a text is a job spec at all; whether the node can do what the spec says is asked of
/// <see cref="JobRules"/>. Unknown members are ignored.
/// </summary>
public static partial class JobSpecReader
{
    /// <summary>The most initiators of a job.</summary>
    public const int MaxInitiators = 100;

    /// <summary>The most tasks of a job.</summary>
    public const int MaxTasks = 1000;

    /// <summary>The most addresses of requesters of an initiator.</summary>
    public const int MaxRequesters = 1000;

    private const string ZeroAddress = "0x0000000000000000000000000000000000000000";

    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The spec, with an id and the time of its creation.</summary>
    /// <exception cref="JobSpecException">The text is no job spec.</exception>
    public static JobSpec Read(ReadOnlySpan<byte> utf8, JobId id, DateTimeOffset createdAt, JobDataLimits? limits = null)
    {
        JsonElement root;
        try
        {
            root = CanonicalJson.Parse(utf8, limits ?? JobDataLimits.Default);
        }
        catch (FormatException wrong)
        {
            throw new JobSpecException(wrong.Message);
        }

        return Read(root, id, createdAt);
    }

    /// <inheritdoc cref="Read(ReadOnlySpan{byte}, JobId, DateTimeOffset, JobDataLimits?)"/>
    public static JobSpec Read(JsonElement root, JobId id, DateTimeOffset createdAt)
    {
        var fields = new SpecFields(root, "");
        var initiators = fields.List("initiators", MaxInitiators);
        var tasks = fields.List("tasks", MaxTasks);
        RefuseUnknown(initiators);
        return new JobSpec(
            id,
            createdAt,
            [.. initiators.Select((initiator, i) => ReadInitiator(new SpecFields(initiator, $"initiators[{i}]"), i + 1))],
            [.. tasks.Select((task, i) => ReadTask(new SpecFields(task, $"tasks[{i}]"), i + 1))])
        {
            StartAt = Time(fields, "startAt"),
            EndAt = Time(fields, "endAt"),
            Name = fields.Text("name"),
            MinPayment = fields.Amount("minPayment"),
            Ordered = fields.Flag("ordered"),
            MaxConcurrentRuns = fields.Number("maxConcurrentRuns"),
            MaxRunDuration = fields.Duration("maxRunDuration"),
        };
    }

    /// <summary>What a job has for its initiators that no version of it knows; all of them, since each is a mistake of its own.</summary>
    private static void RefuseUnknown(JsonElement[] initiators)
    {
        var unknown = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < initiators.Length; i++)
        {
            var type = new SpecFields(initiators[i], $"initiators[{i}]").Text("type") ?? "";
            if (InitiatorTypes.Find(type) is null)
                unknown.Add($"type {type.ToLowerInvariant()} does not exist");
        }

        if (unknown.Count > 0)
            throw new JobSpecException(unknown.ToImmutable());
    }

    private static Initiator ReadInitiator(SpecFields fields, int id)
    {
        var type = InitiatorTypes.Find(fields.Text("type")!)!.Value;
        var parameters = fields.Object("params");
        var initiator = new Initiator(id, type);
        return type switch
        {
            InitiatorType.Cron => initiator with
            {
                Schedule = Schedule(parameters),
                Overlap = parameters.Choice("overlap", InitiatorTypes.FindOverlap, "allow, skip, queue"),
                Missed = parameters.Choice("missed", InitiatorTypes.FindMissed, "skip, once, all"),
                Jitter = parameters.Duration("jitter") ?? TimeSpan.Zero,
            },
            InitiatorType.RunAt => initiator with { Time = LenientTime(parameters, "time") },
            InitiatorType.EthLog or InitiatorType.RunLog or InitiatorType.ExecAgreement => initiator with
            {
                Address = Address(parameters.Find("address"), parameters.Path("address")),
                Requesters = Requesters(parameters),
            },
            InitiatorType.External => initiator with { Name = parameters.Text("name") },
            _ => initiator,
        };
    }

    private static TaskSpec ReadTask(SpecFields fields, int id)
    {
        var type = fields.Text("type") ?? "";
        if (!TaskType().IsMatch(type))
            throw new JobSpecException($"Task Type validation: name {type} contains invalid characters");
        return new TaskSpec(id, type.ToLowerInvariant(), Parameters(fields))
        {
            Confirmations = fields.Count("confirmations"),
            Attempts = fields.Number("attempts") ?? 1,
            Backoff = fields.Duration("backoff"),
            Timeout = fields.Duration("timeout"),
        };
    }

    private static JobData Parameters(SpecFields task)
    {
        var value = task.Find("params");
        if (value.ValueKind == JsonValueKind.Undefined)
            return JobData.Empty;
        try
        {
            return JobData.Of(value);
        }
        catch (FormatException wrong)
        {
            throw task.Wrong("params", wrong.Message);
        }
    }

    private static string? Schedule(SpecFields parameters)
    {
        var schedule = parameters.Text("schedule");
        return JobRules.ScheduleProblem(schedule) is { } problem ? throw new JobSpecException(problem) : schedule;
    }

    private static DateTimeOffset? LenientTime(SpecFields fields, string name)
    {
        try
        {
            return AnyTime.Read(fields.Find(name));
        }
        catch (FormatException wrong)
        {
            throw fields.Wrong(name, wrong.Message);
        }
    }

    private static DateTimeOffset? Time(SpecFields fields, string name)
    {
        if (fields.Text(name) is not { } text)
            return null;
        // A fraction may be longer than what a time keeps of it.
        var exact = Fraction().Replace(text, "$1");
        return Rfc3339().IsMatch(text)
            && DateTimeOffset.TryParseExact(exact, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw fields.Wrong(name, $"expected an RFC 3339 time such as \"2018-01-01T00:00:00Z\", found {SpecFields.Shown(fields.Find(name))}");
    }

    private static ImmutableArray<string> Requesters(SpecFields parameters) =>
        [.. parameters.List("requesters", MaxRequesters).Select((requester, i) =>
            Address(requester, $"{parameters.Path("requesters")}[{i}]") ?? ZeroAddress)];

    /// <summary>An address in lower case; null for none and for the zero address, which stands for any.</summary>
    private static string? Address(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
            return null;
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { } text || !EthereumAddress().IsMatch(text))
            throw new JobSpecException($"{path}: expected an address, 0x and 40 hexadecimal digits, found {SpecFields.Shown(value)}");
        var address = text.ToLowerInvariant();
        return address == ZeroAddress ? null : address;
    }

    [GeneratedRegex(@"^[a-zA-Z0-9-_]*\z")]
    private static partial Regex TaskType();

    [GeneratedRegex(@"^0[xX][0-9a-fA-F]{40}\z")]
    private static partial Regex EthereumAddress();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"(\.[0-9]{7})[0-9]+")]
    private static partial Regex Fraction();
}
