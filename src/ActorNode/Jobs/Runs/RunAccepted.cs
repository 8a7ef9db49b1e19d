using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Runs;

/// <summary>
/// A run exists from the moment in which this is in the journal of its job: the run begins with what it says, whatever the settings and bridges
/// are by then.
/// </summary>
/// <param name="Run">The run.</param>
/// <param name="Initiator">What started it.</param>
/// <param name="At">When.</param>
/// <param name="Input">What it starts with.</param>
internal sealed record RunAccepted(
    [property: JsonRequired] RunId Run,
    [property: JsonRequired] int Initiator,
    [property: JsonRequired] DateTimeOffset At,
    [property: JsonRequired] RunResult Input) : IJobEvent
{
    /// <summary>Its place among the runs of its job: each has a higher one than those before it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Number { get; init; }

    /// <summary>The block that it comes from.</summary>
    public long? Height { get; init; }

    /// <summary>Where on the chain it comes from.</summary>
    public RunOrigin? Origin { get; init; }

    /// <summary>The scheduled time that it was started for, which is taken by it.</summary>
    public DateTimeOffset? Tick { get; init; }

    /// <summary>Whether it waits until no run of its job is left before it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Alone { get; init; }

    /// <summary>Confirmations that each task waits for; null: none does.</summary>
    public ImmutableArray<uint>? Minimums { get; init; }

    /// <summary>Why it is errored from the start.</summary>
    public string? Error { get; init; }

    /// <summary>Accepts a run, with what its tasks need now. Errors of its tasks make it an errored run.</summary>
    public static RunAccepted Of(JobSpec spec, RunAccepted accepted, AdapterCatalog adapters, JobsSettings settings)
    {
        if (accepted.Input.Status == RunStatus.Errored)
            return accepted with { Error = accepted.Input.Error ?? "the input is errored" };
        if (spec.Tasks.IsEmpty)
            return accepted with { Error = $"invariant for job {spec.Id}: no tasks to run in NewRun" };
        var minimums = ImmutableArray.CreateBuilder<uint>(spec.Tasks.Length);
        var cost = Juels.Zero;
        foreach (var task in spec.Tasks)
        {
            if (adapters.Find(task.Type) is not { } type)
                return accepted with { Error = $"{task.Type} is not a supported adapter type" };
            try
            {
                type.Create(task.Params);
            }
            catch (AdapterException wrong)
            {
                return accepted with { Error = wrong.Message };
            }

            minimums.Add(Math.Max((uint)settings.MinIncomingConfirmations, Math.Max(task.Confirmations ?? 0, type.MinimumConfirmations)));
            cost += type.MinimumPayment;
        }

        if (accepted.Height is not null)
            accepted = accepted with { Minimums = minimums.MoveToImmutable() };
        return accepted with { Error = PaymentProblem(spec, accepted.Input.Amount, cost, settings) };
    }

    private static string? PaymentProblem(JobSpec spec, Juels? amount, Juels cost, JobsSettings settings)
    {
        if (amount is not { } paid)
            return null;
        if (spec.MinPayment is { } minimum && paid < minimum)
            return $"Rejecting job {spec.Id} with payment {paid} below job-specific-minimum threshold ({minimum})";
        return paid < cost
            ? $"Rejecting job {spec.Id} with payment {paid.ToLink()} below minimum threshold ({settings.MinimumContractPayment})"
            : null;
    }
}
