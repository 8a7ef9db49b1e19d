using ActorNode.Protocol.Jobs;
using ActorNode.Server.Sandbox.Oracle;
using Xunit;

namespace ActorNode.Server.Tests.Sandbox.Oracle;

public sealed class RunTallySpec
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private readonly RunTally _tally = new();
    private readonly JobId _job = JobId.New();

    [Fact(DisplayName = "A run counts once when it has ended, however often that is told; until then it is unfinished")]
    public void Counts_once()
    {
        var run = Accept();
        _tally.Changed(Run(run, RunStatus.PendingBridge));
        Assert.Equal((1, 1, 0), (_tally.Unfinished(), _tally.Unfinished(_job, RunStatus.PendingBridge), _tally.Unfinished(_job, RunStatus.InProgress)));

        _tally.Changed(Run(run, RunStatus.Completed, "right"));
        _tally.Changed(Run(run, RunStatus.Completed, "right"));

        Assert.Equal(new RunTally.Counts(1, 0, "right", ""), _tally.Of(_job));
        Assert.Equal(0, _tally.Unfinished());
        Assert.Empty(_tally.Violations);
    }

    [Fact(DisplayName = "A completed run with a wrong result is a violation; an errored one is counted with its error")]
    public void Violations()
    {
        var (wrong, failed) = (Accept(), Accept());

        _tally.Changed(Run(wrong, RunStatus.Completed, "wrong"));
        _tally.Changed(Run(failed, RunStatus.Errored, error: "it is broken"));

        Assert.Equal($"run {wrong} is completed with 'wrong', which is wrong", Assert.Single(_tally.Violations));
        Assert.Equal(new RunTally.Counts(1, 1, "wrong", "it is broken"), _tally.Of(_job));
        Assert.Equal(2, _tally.Total(counts => counts.Ended));
    }

    [Fact(DisplayName = "Runs of a schedule, which nobody accepted here, count by what is told of them; those that wait long are named")]
    public void Others()
    {
        _tally.Changed(Run(RunId.New(), RunStatus.Completed, "7", InitiatorType.Cron));
        _tally.Changed(Run(RunId.New(), RunStatus.Completed, "7"));
        var old = Accept();
        _tally.Accepted(_job, RunId.New(), _ => true, Now + TimeSpan.FromMinutes(1));

        Assert.Equal(1, _tally.Of(_job).Completed);
        Assert.Equal(old, Assert.Single(_tally.Unfinished(Now)));
        Assert.Equal(2, _tally.Unfinished(DateTimeOffset.MaxValue).Length);
    }

    private RunId Accept()
    {
        var run = RunId.New();
        _tally.Accepted(_job, run, result => result == "right", Now);
        return run;
    }

    private JobRun Run(RunId id, RunStatus status, string result = "", InitiatorType by = InitiatorType.Web, string? error = null) =>
        new(id, _job, new Initiator(1, by), Now, status, new RunResult(JobData.Empty.WithResult(result), status, error), RunResult.None, []);
}
