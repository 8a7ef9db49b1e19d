using System.Collections.Immutable;
using System.Text.Json;
using ActorNode.Jobs.Specs;
using ActorNode.Protocol.Jobs;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorNode.Jobs.Agreements;

/// <summary>
/// The service agreements of the node, event-sourced: there are few, and each is read, validated and signed here. Needs no snapshot: nothing that
/// is agreed on changes.
/// <para>
/// Durability: an agreement is there, and is answered, when it and its job both are. The job, its id and the signature are in the journal before
/// the job is asked for; who recovers asks again for the jobs of which nothing is known, under the same ids, so that a crash leaves neither half
/// and no second job. Duplicates: the same request has the same id and is answered with what was stored first, also while that is under way.
/// Stops at a failure of its store; what waited for that is answered <see cref="AgreementReplies.Failed"/>.
/// </para>
/// </summary>
internal sealed class AgreementsActor : UntypedPersistentActor, IWithTimers
{
    /// <summary>What the journal calls this actor.</summary>
    public const string Id = "agreements";

    private readonly AgreementPorts _ports;
    private readonly IActorRef _jobs;
    private readonly JobsSettings _settings;
    private readonly AgreementsSettings _rules;
    private readonly TimeProvider _clock;
    private readonly Dictionary<AgreementId, List<IActorRef>> _waiting = [];
    private AgreementBook _book = AgreementBook.Empty;
    private TimeSpan _pause;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(AgreementPorts ports, IActorRef jobs, JobsSettings settings, AgreementsSettings rules, TimeProvider clock) =>
        Akka.Actor.Props.Create(() => new AgreementsActor(ports, jobs, settings, rules, clock));

    public AgreementsActor(AgreementPorts ports, IActorRef jobs, JobsSettings settings, AgreementsSettings rules, TimeProvider clock)
    {
        (_ports, _jobs, _settings, _rules, _clock) = (ports, jobs, settings, rules, clock);
        _pause = settings.MinBackoff;
    }

    /// <inheritdoc/>
    public override string PersistenceId => Id;

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case IAgreementEvent agreementEvent:
                _book = _book.Apply(agreementEvent);
                break;
            case RecoveryCompleted:
                AskForJobs();
                break;
            default:
                throw new InvalidOperationException($"the journal of {PersistenceId} holds a {message.GetType().Name}");
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case AgreementCommands.Create create:
                OnCreate(create.Request);
                break;
            case AgreementQueries.Find query:
                Sender.Tell(_book.Settled.TryGetValue(query.Id, out var found)
                    ? new AgreementReplies.Found(found)
                    : new AgreementReplies.NoSuchAgreement(query.Id));
                break;
            case JobReplies.Created created when _book.WaitsFor(created.Spec.Id) is { } id:
                Store(new AgreementSettled(id), _ => Answer(id, new AgreementReplies.Agreed(_book.Settled[id])));
                break;
            case JobReplies.Invalid invalid when _book.WaitsFor(invalid.JobId) is { } id:
                Store(new AgreementDropped(id), _ => Answer(id, new AgreementReplies.Invalid([AgreementRules.OfJob(invalid.Problems)])));
                break;
            case JobReplies.Failed failed when _book.WaitsFor(failed.JobId) is { } id:
                Log.Warning("The job {JobId} of the agreement {AgreementId} is asked for again later: {Error}", failed.JobId, id, failed.Detail);
                Answer(id, new AgreementReplies.Failed(failed.Detail));
                break;
            case JobReplies.Created or JobReplies.Invalid or JobReplies.Failed:
                // The answer to a question that was asked twice.
                break;
            case AskAgain:
                AskForJobs();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnCreate(ReadOnlyMemory<byte> request)
    {
        if (!_settings.Dev)
        {
            Sender.Tell(new AgreementReplies.Refused(AgreementRefusal.NotInDevelopment, AgreementRules.NotInDevelopment));
            return;
        }

        if (_ports.Chain.Account is not { } account)
        {
            Sender.Tell(new AgreementReplies.Refused(AgreementRefusal.NoAccount, AgreementRules.NoAccount));
            return;
        }

        try
        {
            var json = CanonicalJson.Parse(request.Span, JobDataLimits.Default);
            if (json.ValueKind != JsonValueKind.Object)
                throw new FormatException("a service agreement is a JSON object");
            Agree(json, _ports.Chain.ReadTerms(json), account);
        }
        catch (FormatException wrong)
        {
            Sender.Tell(new AgreementReplies.Invalid([wrong.Message]));
        }
        catch (JobSpecException wrong)
        {
            Sender.Tell(new AgreementReplies.Invalid(wrong.Problems));
        }
    }

    private void Agree(JsonElement json, Encumbrance terms, string account)
    {
        var (draft, noForm) = Draft(json, terms);
        // What was agreed on stays so, whatever the node would say to it today.
        if (draft is not null && Known(draft.Id))
            return;
        var now = _clock.GetUtcNow();
        var job = ReadJob(json, terms, now);
        _ = Juels.TryParse(_settings.MinimumContractPayment, out var minimumPayment);
        var problems = AgreementRules.Problems(terms, account, _ports.JobProblems(job), minimumPayment, _rules, now);
        if (problems.IsEmpty && noForm is not null)
            problems = [noForm];
        if (!problems.IsEmpty)
        {
            Sender.Tell(new AgreementReplies.Invalid(problems));
            return;
        }

        if (_book.Count >= _rules.MaxAgreements)
        {
            Sender.Tell(new AgreementReplies.Refused(AgreementRefusal.TooMany, $"the node has {_book.Count} service agreements, which is as many as it may have"));
            return;
        }

        var agreement = new ServiceAgreement(draft!.Id, now, terms, draft.RequestBody, _ports.Chain.Sign(draft.Id), job.Id);
        Store(new AgreementSigned(agreement, job), signed =>
        {
            Wait(signed.Agreement.Id);
            AskForJob(signed.Job);
        });
    }

    /// <summary>What cannot be hashed breaks a rule that the original names first, most often.</summary>
    private (AgreementDraft? Draft, string? Problem) Draft(JsonElement json, Encumbrance terms)
    {
        try
        {
            return (_ports.Chain.Draft(json, terms), null);
        }
        catch (FormatException wrong)
        {
            return (null, wrong.Message);
        }
    }

    /// <summary>The end of the agreement is that of its job, and is read by the agreement's more lenient rule.</summary>
    private static JobSpec ReadJob(JsonElement json, Encumbrance terms, DateTimeOffset now) =>
        JobSpecReader.Read(JobData.Of(json).With("endAt", default(JsonElement)).Utf8.Span, JobId.New(), now) with { EndAt = terms.EndAt };

    private bool Known(AgreementId id)
    {
        if (_book.Settled.TryGetValue(id, out var settled))
        {
            Sender.Tell(new AgreementReplies.Agreed(settled));
            return true;
        }

        if (!_book.Pending.TryGetValue(id, out var signed))
            return false;
        Wait(id);
        AskForJob(signed.Job);
        return true;
    }

    private void Wait(AgreementId id)
    {
        if (!_waiting.TryGetValue(id, out var waiting))
            _waiting.Add(id, waiting = []);
        waiting.Add(Sender);
    }

    private void Answer(AgreementId id, object answer)
    {
        if (!_waiting.Remove(id, out var waiting))
            return;
        foreach (var asker in waiting)
            asker.Tell(answer);
    }

    private void AskForJobs()
    {
        foreach (var signed in _book.Pending.Values)
            _jobs.Tell(new JobCommands.Create(signed.Job), Self);
        AskAgainLater();
    }

    private void AskForJob(JobSpec job)
    {
        _jobs.Tell(new JobCommands.Create(job), Self);
        if (!Timers.IsTimerActive(AskAgain.Instance))
        {
            _pause = _settings.MinBackoff;
            AskAgainLater();
        }
    }

    /// <summary>An answer may fail to come, or say that nobody knows.</summary>
    private void AskAgainLater()
    {
        if (_book.Pending.IsEmpty)
            return;
        Timers.StartSingleTimer(AskAgain.Instance, AskAgain.Instance, _pause);
        _pause = _pause * 2 < _settings.MaxBackoff ? _pause * 2 : _settings.MaxBackoff;
    }

    private void Store<T>(T agreementEvent, Action<T> then)
        where T : IAgreementEvent => Persist(agreementEvent, stored =>
    {
        _book = _book.Apply(stored);
        then(stored);
    });

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        AnswerAll(@event, cause);
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        AnswerAll(@event, cause);
        // What waits for the event would wait for ever.
        Context.Stop(Self);
    }

    private void AnswerAll(object agreementEvent, Exception cause)
    {
        var failed = new AgreementReplies.Failed($"the service agreements cannot be written: {cause.Message}");
        if (agreementEvent is AgreementSigned)
            Sender.Tell(failed);
        foreach (var id in _waiting.Keys.ToImmutableArray())
            Answer(id, failed);
    }

    private sealed class AskAgain
    {
        public static readonly AskAgain Instance = new();
    }
}
