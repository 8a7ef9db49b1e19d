namespace Specs.Async;

public sealed class ReceiveAsyncSpec : Spec
{
    [Fact(DisplayName = "No other message is handled until the task has ended")]
    public async Task No_reentrancy()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new Awaits(TestActor, gate.Task)));
        actor.Tell("await");
        actor.Tell("next");
        await ExpectMsgAsync("awaiting");
        await ExpectNoMsgAsync(Ms(50));
        gate.SetResult();
        await ExpectMsgAsync("awaited");
        await ExpectMsgAsync("handled next");
    }

    [Theory(DisplayName = "The mailbox waits for every task that one message runs, whichever ends first")]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Several_tasks_of_one_message(int first)
    {
        var gates = new[] { NewGate(), NewGate() };
        var actor = Sys.ActorOf(Props.Create(() => new RunsTwoTasks(TestActor, gates[0].Task, gates[1].Task)));
        actor.Tell("run");
        actor.Tell("next");
        await ExpectMsgAsync("running");
        gates[first].SetResult();
        await ExpectMsgAsync($"ended {first}");
        await ExpectNoMsgAsync(Ms(50));
        gates[1 - first].SetResult();
        await ExpectMsgAsync($"ended {1 - first}");
        await ExpectMsgAsync("handled next");
    }

    [Fact(DisplayName = "When one of several tasks fails, the restart forgets the others and the mailbox goes on")]
    public async Task One_of_several_tasks_fails()
    {
        var gates = new[] { NewGate(), NewGate() };
        var actor = Sys.ActorOf(Props.Create(() => new RunsTwoTasks(TestActor, gates[0].Task, gates[1].Task)));
        actor.Tell("run");
        actor.Tell("next");
        await ExpectMsgAsync("running");
        gates[1].SetException(new Boom("async"));
        await ExpectMsgAsync("handled next");
        gates[0].SetResult();
        actor.Tell("last");
        await ExpectMsgAsync("handled last");
    }

    [Fact(DisplayName = "A task that the constructor runs is awaited before the first message")]
    public async Task Task_of_the_constructor()
    {
        var gate = NewGate();
        var actor = Sys.ActorOf(Props.Create(() => new RunsTaskInConstructor(TestActor, gate.Task)));
        actor.Tell("next");
        await ExpectMsgAsync("running");
        await ExpectNoMsgAsync(Ms(50));
        gate.SetResult();
        await ExpectMsgAsync("ended");
        await ExpectMsgAsync("handled next");
    }

    [Fact(DisplayName = "Self, Sender and Context are the actor's after an await")]
    public async Task Context_flows()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new Inspects(gate.Task)));
        actor.Tell("x", TestActor);
        gate.SetResult();
        var (self, sender, context) = await ExpectMsgAsync<(IActorRef, IActorRef, IActorRef)>();
        Assert.Equal(actor, self);
        Assert.Equal(TestActor, sender);
        Assert.Equal(actor, context);
    }

    [Fact(DisplayName = "Several awaits in a handler stay in order and alone")]
    public async Task Many_awaits()
    {
        var actor = Sys.ActorOf(Props.Create(() => new YieldsOften(TestActor)));
        for (var i = 0; i < 100; i++)
            actor.Tell(i);
        for (var i = 0; i < 100; i++)
            await ExpectMsgAsync(i);
    }

    [Fact(DisplayName = "A faulted task is a failure of the actor: supervised, and PreRestart sees the message")]
    public async Task Fault_is_supervised()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new Awaits(TestActor, gate.Task)));
        actor.Tell("await");
        actor.Tell("next");
        await ExpectMsgAsync("awaiting");
        gate.SetException(new Boom("async"));
        await ExpectMsgAsync("PreRestart async await");
        await ExpectMsgAsync("handled next");
    }

    [Fact(DisplayName = "A handler that throws before its first await fails the actor too")]
    public async Task Synchronous_throw()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Awaits(TestActor, Task.CompletedTask)));
        actor.Tell("throw");
        actor.Tell("next");
        await ExpectMsgAsync("PreRestart sync throw");
        await ExpectMsgAsync("handled next");
    }

    [Fact(DisplayName = "System messages are handled while the task runs: a stop does not wait for it")]
    public async Task Stop_does_not_wait()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new Awaits(TestActor, gate.Task)));
        Watch(actor);
        actor.Tell("await");
        await ExpectMsgAsync("awaiting");
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
        gate.SetResult();
    }

    [Fact(DisplayName = "RunTask suspends an untyped actor until the task has ended")]
    public async Task RunTask_in_untyped_actors()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new RunsTask(TestActor, gate.Task)));
        actor.Tell("await");
        actor.Tell("next");
        await ExpectMsgAsync("awaiting");
        gate.SetResult();
        await ExpectMsgAsync("awaited");
        await ExpectMsgAsync("next");
    }

    [Fact(DisplayName = "ReceiveAnyAsync takes what nobody else took, and a predicate chooses for ReceiveAsync")]
    public async Task Predicates_and_any()
    {
        var actor = Sys.ActorOf(Props.Create(() => new AnyAsync(TestActor)));
        actor.Tell(1);
        actor.Tell(100);
        actor.Tell("text");
        await ExpectMsgAsync("small 1");
        await ExpectMsgAsync("any 100");
        await ExpectMsgAsync("any text");
    }

    private sealed class Awaits : ReceiveActor
    {
        private readonly IActorRef _to;

        public Awaits(IActorRef to, Task gate)
        {
            _to = to;
            ReceiveAsync<string>(async _ =>
            {
                to.Tell("awaiting");
                await gate;
                to.Tell("awaited");
            }, m => m == "await");
            ReceiveAsync<string>(_ => throw new Boom("sync"), m => m == "throw");
            Receive<string>(m => to.Tell($"handled {m}"));
        }

        protected override void PreRestart(Exception reason, object message) => _to.Tell($"PreRestart {reason.Message} {message}");
    }

    private sealed class Inspects : ReceiveActor
    {
        public Inspects(Task gate) =>
            ReceiveAsync<string>(async _ =>
            {
                await gate;
                await Task.Yield();
                Sender.Tell((Self, Sender, Context.Self));
            });
    }

    private sealed class YieldsOften : ReceiveActor
    {
        public YieldsOften(IActorRef to) =>
            ReceiveAsync<int>(async number =>
            {
                for (var i = 0; i < 5; i++)
                    await Task.Yield();
                to.Tell(number);
            });
    }

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class RunsTwoTasks(IActorRef to, Task first, Task second) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (!"run".Equals(message))
            {
                to.Tell($"handled {message}");
                return;
            }

            Run(0, first);
            Run(1, second);
            to.Tell("running");
        }

        private void Run(int number, Task gate) => RunTask(async () =>
        {
            await gate;
            to.Tell($"ended {number}");
        });
    }

    private sealed class RunsTaskInConstructor : UntypedActor
    {
        private readonly IActorRef _to;

        public RunsTaskInConstructor(IActorRef to, Task gate)
        {
            _to = to;
            RunTask(async () =>
            {
                to.Tell("running");
                await gate;
                to.Tell("ended");
            });
        }

        protected override void OnReceive(object message) => _to.Tell($"handled {message}");
    }

    private sealed class RunsTask(IActorRef to, Task gate) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (!"await".Equals(message))
            {
                to.Tell(message);
                return;
            }

            RunTask(async () =>
            {
                to.Tell("awaiting");
                await gate;
                to.Tell("awaited");
            });
        }
    }

    private sealed class AnyAsync : ReceiveActor
    {
        public AnyAsync(IActorRef to)
        {
            ReceiveAsync<int>(number => number < 10, async number =>
            {
                await Task.Yield();
                to.Tell($"small {number}");
            });
            ReceiveAnyAsync(async message =>
            {
                await Task.Yield();
                to.Tell($"any {message}");
            });
        }
    }
}
