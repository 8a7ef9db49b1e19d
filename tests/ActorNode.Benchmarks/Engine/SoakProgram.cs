using System.Collections.Concurrent;
using Akka.Actor;

namespace ActorNode.Benchmarks.Engine;

/// <summary>Subjects that every thread may disturb; only the thread that made one ends it.</summary>
internal sealed class SharedSubjects
{
    private readonly ConcurrentDictionary<int, Subject.Handle> _subjects = new();

    public void Put(int slot, Subject.Handle subject) => _subjects[slot] = subject;

    public Subject.Handle? Get(int slot) => _subjects.GetValueOrDefault(slot);
}

/// <summary>What one thread of a soak does: a random walk of its own.</summary>
internal sealed class SoakProgram(ActorSystem system, Checks checks, SharedSubjects shared, IActorRef[] watchers, int thread, Random random)
{
    private const int MaxOwn = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<Subject.Handle> _own = [];
    private readonly Queue<(Task<long> Answer, long Number)> _asked = new();
    private long _number;

    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
            Step();
        while (_own.Count > 0)
            EndOne();
        while (_asked.Count > 0)
            AwaitOne();
    }

    private void Step()
    {
        if (_own.Count == 0)
        {
            Spawn();
            return;
        }

        switch (random.Next(100))
        {
            case < 5:
                Spawn();
                break;
            case < 9:
                EndOne();
                break;
            case < 14:
                Any().Ref.Tell(Subject.Crash.Instance, ActorRefs.NoSender);
                break;
            case < 20:
                watchers[random.Next(watchers.Length)].Tell(new Watcher.Watch(Any().Ref), ActorRefs.NoSender);
                break;
            case < 23:
                watchers[random.Next(watchers.Length)].Tell(new Watcher.Unwatch(Any().Ref), ActorRefs.NoSender);
                break;
            case < 30:
                Any().Ref.Tell(new Subject.StartTimer(random.Next(4), TimeSpan.FromMilliseconds(random.Next(1, 30))), ActorRefs.NoSender);
                break;
            case < 34:
                Any().Ref.Tell(new Subject.Spawn(watchers[thread]), ActorRefs.NoSender);
                break;
            case < 44:
                Ask();
                break;
            default:
                Number(Any());
                break;
        }
    }

    private void Spawn()
    {
        if (_own.Count >= MaxOwn)
            EndOne();
        var subject = Subject.Start(system, checks);
        _own.Add(subject);
        shared.Put(random.Next(64), subject);
        watchers[thread].Tell(new Watcher.Watch(subject.Ref), ActorRefs.NoSender);
        checks.Started();
    }

    private Subject.Handle Any() =>
        random.Next(2) == 0 && shared.Get(random.Next(64)) is { } other ? other : _own[random.Next(_own.Count)];

    private void Number(Subject.Handle subject)
    {
        for (var burst = random.Next(1, 20); burst > 0; burst--)
            subject.Ref.Tell(new Subject.Numbered(thread, ++_number), ActorRefs.NoSender);
        subject.Ledger.Sent[thread] = _number;
    }

    /// <summary>Only of its own: nobody else ends them, so every question has its answer.</summary>
    private void Ask()
    {
        var subject = _own[random.Next(_own.Count)];
        _asked.Enqueue((subject.Ref.Ask<long>(new Subject.Question(++_number), Patience), _number));
        if (_asked.Count > 20)
            AwaitOne();
    }

    private void AwaitOne()
    {
        var (answer, number) = _asked.Dequeue();
        try
        {
            if (answer.GetAwaiter().GetResult() != number)
                checks.Violated($"question {number} of thread {thread} got another one's answer");
        }
        catch (AskTimeoutException)
        {
            throw new SoakException($"a stuck mailbox: question {number} of thread {thread} was not answered");
        }
    }

    private void EndOne()
    {
        // Before the death, so that no question goes unanswered.
        while (_asked.Count > 0)
            AwaitOne();
        var index = random.Next(_own.Count);
        var subject = _own[index];
        _own.RemoveAt(index);
        switch (random.Next(3))
        {
            case 0:
                system.Stop(subject.Ref);
                break;
            case 1:
                subject.Ref.Tell(Kill.Instance, ActorRefs.NoSender);
                break;
            default:
                subject.Ledger.MustHaveHandled(thread, subject.Ledger.Sent[thread]);
                subject.Ref.Tell(PoisonPill.Instance, ActorRefs.NoSender);
                break;
        }
    }
}
