using System.Buffers;
using System.Collections.Immutable;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Jobs.Access;

/// <summary>
/// Tells external initiators that have a url of the jobs that name them: a POST of job id, type and parameters with the credentials that the node
/// has for them.
/// <para>
/// At least once: a notice is repeated with back-off until it is taken or its job is archived, and a node that starts again tells them of all
/// their jobs again, so none is lost by a crash; the job's id tells a repeated one. Notices of different jobs are sent beside each other.
/// </para>
/// </summary>
internal sealed class InitiatorNoticesActor : UntypedActor, IWithTimers
{
    /// <summary>Notices under way at once; others wait.</summary>
    private const int AtOnce = 8;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly ImmutableArray<string> Json = ["application/json"];

    private readonly IActorRef _access;
    private readonly HttpCalls _calls;
    private readonly JobsSettings _settings;
    private readonly Random _random;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<Notice> _waiting = [];

    /// <summary>Notices that are not taken yet, whether they wait, are under way, or are sent again later.</summary>
    private readonly Dictionary<JobId, int> _open = [];
    private int _underWay;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="access">Who knows the external initiators.</param>
    /// <param name="calls">Operators choose the urls, as those of bridges.</param>
    /// <param name="settings">The time of a call, and the first pause.</param>
    /// <param name="random">Spreads retries.</param>
    public static Props Props(IActorRef access, HttpCalls calls, JobsSettings settings, Random random) =>
        Akka.Actor.Props.Create(() => new InitiatorNoticesActor(access, calls, settings, random));

    public InitiatorNoticesActor(IActorRef access, HttpCalls calls, JobsSettings settings, Random random) =>
        (_access, _calls, _settings, _random) = (access, calls, settings, random);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tell { Spec: var spec }:
                OnJob(spec);
                break;
            case JobEvents.JobArchived archived:
                _open.Remove(archived.JobId);
                break;
            case Notice notice when _open.ContainsKey(notice.Job):
                _waiting.Enqueue(notice);
                SendNext();
                break;
            case Sent sent:
                OnSent(sent);
                break;
            case Notice:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnJob(JobSpec spec)
    {
        var named = spec.Initiators.Where(initiator => initiator is { Type: InitiatorType.External, Name: not null }).ToArray();
        if (named.Length == 0 || !_open.TryAdd(spec.Id, named.Length))
            return;
        foreach (var initiator in named)
            _waiting.Enqueue(new Notice(spec.Id, initiator.Name!, 0));
        SendNext();
    }

    private void SendNext()
    {
        while (_underWay < AtOnce && _waiting.TryDequeue(out var notice))
        {
            _underWay++;
            SendAsync(notice).PipeTo(Self, success: () => new Sent(notice, null), failure: error => new Sent(notice, error));
        }
    }

    private void OnSent(Sent sent)
    {
        _underWay--;
        var notice = sent.Notice with { Failures = sent.Notice.Failures + 1 };
        if (sent.Error is { } error && _open.ContainsKey(notice.Job))
        {
            var pause = Backoff.Delay(notice.Failures, _settings.RetryBackoff, LongestPause, _random.NextDouble());
            _log.Warning("The external initiator {Name} could not be told of job {JobId}, and is told again in {Pause}: {Error}", notice.Name, notice.Job, pause, error.Message);
            Timers.StartSingleTimer((notice.Job, notice.Name), notice, pause);
        }
        else if (_open.TryGetValue(notice.Job, out var open))
        {
            if (open == 1)
                _open.Remove(notice.Job);
            else
                _open[notice.Job] = open - 1;
        }

        SendNext();
    }

    /// <summary>Fails when the initiator did not take it. One that is not known, or has no url, need not.</summary>
    private async Task SendAsync(Notice notice)
    {
        var found = await _access.Ask<object>(new AccessQueries.InitiatorNamed(notice.Name), _settings.TaskTimeout).ConfigureAwait(false);
        if (found is AccessReplies.Unavailable)
            throw new InvalidOperationException("the external initiators cannot be read now");
        if (found is not AccessReplies.InitiatorIs { Initiator: { Url: { } url } initiator })
            return;
        using var patience = new CancellationTokenSource(_settings.TaskTimeout);
        var reply = await _calls.SendAsync(
            new HttpCall(CallKind.Bridge, HttpMethod.Post, new Uri(url), HeadersOf(initiator), BodyOf(notice)), patience.Token).ConfigureAwait(false);
        if (reply.IsFailure)
            throw new InvalidOperationException($"it answered {reply.Status}");
    }

    private static ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> HeadersOf(ExternalInitiator initiator) =>
    [
        new("Content-Type", Json),
        new("X-Chainlink-EA-AccessKey", [initiator.OutgoingToken ?? ""]),
        new("X-Chainlink-EA-Secret", [initiator.OutgoingSecret?.Reveal() ?? ""]),
    ];

    private static ReadOnlyMemory<byte> BodyOf(Notice notice)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("{\"jobId\":"u8);
        CanonicalJson.WriteText(notice.Job.Value, buffer);
        buffer.Write(",\"type\":\"external\",\"params\":{\"name\":"u8);
        CanonicalJson.WriteText(notice.Name, buffer);
        buffer.Write("}}"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>The job is there: tell whom it names, unless they are being told.</summary>
    public sealed record Tell(JobSpec Spec);

    private sealed record Notice(JobId Job, string Name, int Failures);

    private sealed record Sent(Notice Notice, Exception? Error);
}
