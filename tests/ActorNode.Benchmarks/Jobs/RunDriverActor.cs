using ActorNode.Protocol.Jobs;
using Akka.Actor;

namespace ActorNode.Benchmarks.Jobs;

/// <summary>Keeps so many runs going: each that ends is followed by another, of the next job in turn, until all have ended.</summary>
internal sealed class RunDriverActor : UntypedActor
{
    private static readonly RunResult Input = new(JobData.Parse("""{"result":"11779.99"}"""));

    private readonly IActorRef _region;
    private readonly JobSpec[] _jobs;
    private readonly TaskCompletionSource _done;
    private readonly int _runs;
    private readonly int _atOnce;
    private int _started;
    private int _ended;

    public static Props Props(IActorRef region, JobSpec[] jobs, int runs, int atOnce, TaskCompletionSource done) =>
        Akka.Actor.Props.Create(() => new RunDriverActor(region, jobs, runs, atOnce, done));

    public RunDriverActor(IActorRef region, JobSpec[] jobs, int runs, int atOnce, TaskCompletionSource done) =>
        (_region, _jobs, _runs, _atOnce, _done) = (region, jobs, runs, atOnce, done);

    public static JobCommands.StartRun StartOf(JobSpec job) => new(job.Id, RunId.New(), InitiatorType.Web, Input);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(JobEvents.RunChanged));
        while (_started < Math.Min(_atOnce, _runs))
            Start();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case JobEvents.RunChanged { Run.Status: RunStatus.Completed }:
                if (++_ended == _runs)
                    _done.TrySetResult();
                else if (_started < _runs)
                    Start();
                break;
            case JobReplies.Refused or JobReplies.Failed:
                _done.TrySetException(new InvalidOperationException($"a run was answered with {message}"));
                break;
        }
    }

    private void Start() => _region.Tell(StartOf(_jobs[_started++ % _jobs.Length]));
}
