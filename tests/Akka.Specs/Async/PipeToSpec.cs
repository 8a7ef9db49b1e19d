namespace Specs.Async;

public sealed class PipeToSpec : Spec
{
    [Fact(DisplayName = "The result of a task is sent as it is, without a sender")]
    public async Task Result_is_sent()
    {
        await Task.FromResult("result").PipeTo(TestActor);
        await ExpectMsgAsync("result");
        Assert.Equal(Sys.DeadLetters, LastSender);
    }

    [Fact(DisplayName = "PipeTo sends as the sender that it is given")]
    public async Task Sender_is_used()
    {
        var other = CreateTestProbe();
        await Task.FromResult("result").PipeTo(TestActor, other.Ref);
        await ExpectMsgFromAsync(other.Ref, "result");
    }

    [Fact(DisplayName = "A success function maps the result")]
    public async Task Success_maps()
    {
        await Task.FromResult(1).PipeTo(TestActor, success: number => $"mapped {number}");
        await ExpectMsgAsync("mapped 1");
    }

    [Fact(DisplayName = "A fault is sent as Status.Failure with its cause")]
    public async Task Fault_is_Status_Failure()
    {
        var cause = new Boom("fault");
        await Task.FromException<string>(cause).PipeTo(TestActor);
        var failure = await ExpectMsgAsync<Status.Failure>();
        Assert.Same(cause, failure.Cause is AggregateException several ? several.InnerException : failure.Cause);
    }

    [Fact(DisplayName = "A failure function maps the fault")]
    public async Task Failure_maps()
    {
        await Task.FromException<string>(new Boom("fault")).PipeTo(TestActor, failure: cause => $"mapped {cause.GetBaseException().Message}");
        await ExpectMsgAsync("mapped fault");
    }

    [Fact(DisplayName = "A cancelled task is sent as Status.Failure")]
    public async Task Cancellation_is_a_failure()
    {
        await Task.FromCanceled<string>(new CancellationToken(true)).PipeTo(TestActor);
        var failure = await ExpectMsgAsync<Status.Failure>();
        Assert.IsAssignableFrom<OperationCanceledException>(failure.Cause.GetBaseException());
    }

    [Fact(DisplayName = "A task without a result sends nothing on success, unless there is a success function")]
    public async Task Plain_task_sends_nothing()
    {
        await Task.CompletedTask.PipeTo(TestActor);
        Assert.False(HasMessages);
        await Task.CompletedTask.PipeTo(TestActor, success: () => "done");
        await ExpectMsgAsync("done");
        await Task.FromException(new Boom("fault")).PipeTo(TestActor);
        await ExpectMsgAsync<Status.Failure>();
    }

    [Fact(DisplayName = "A value task is piped like a task")]
    public async Task Value_tasks()
    {
        await new ValueTask<string>("value").PipeTo(TestActor);
        await ExpectMsgAsync("value");
    }

    [Fact(DisplayName = "PipeTo(Self) does not block the actor")]
    public async Task Actor_goes_on()
    {
        var gate = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Worker.Props(TestActor));
        await ExpectMsgAsync("PreStart");
        actor.Tell(new Do(context => gate.Task.PipeTo(context.Self)));
        actor.Tell("meanwhile");
        await ExpectMsgAsync("meanwhile");
        gate.SetResult("piped");
        await ExpectMsgAsync("piped");
    }
}
