using Akka.Actor;
using Akka.Hosting;
using Xunit;

namespace Akka.Embedded.Tests.Hosting;

public sealed class ActorRegistrySpec
{
    private readonly ActorRegistry _registry = new();

    [Fact(DisplayName = "A key is taken once, unless it is overwritten")]
    public void Refuses_duplicates()
    {
        _registry.Register<string>(ActorRefs.Nobody);
        Assert.False(_registry.TryRegister<string>(ActorRefs.Nobody));
        Assert.Throws<DuplicateActorRegistryException>(() => _registry.Register<string>(ActorRefs.Nobody));
        _registry.Register<string>(ActorRefs.Nobody, overwrite: true);
        Assert.Equal([typeof(string)], _registry.Select(entry => entry.Key));
    }

    [Fact(DisplayName = "A key without an actor is missing")]
    public void Reports_missing_actors()
    {
        Assert.Throws<MissingActorRegistryEntryException>(() => _registry.Get<string>());
        Assert.False(_registry.TryGet<string>(out var nobody));
        Assert.True(nobody.IsNobody());
        Assert.Throws<MissingActorRegistryEntryException>(() => new RequiredActor<string>(_registry).ActorRef);
    }

    [Fact(DisplayName = "Who waits for a key gets its actor when it is registered, and does not hold up the one that registers")]
    public async Task Waits_for_registration()
    {
        var waiting = _registry.GetAsync<string>();
        var required = new RequiredActor<string>(_registry).GetAsync();
        Assert.False(waiting.IsCompleted);

        using var registered = new ManualResetEventSlim();
        var continued = waiting.ContinueWith(_ => registered.Wait(RunningHost.Limit), TaskContinuationOptions.ExecuteSynchronously);
        _registry.Register<string>(ActorRefs.Nobody);
        registered.Set();

        Assert.True(await continued, "Registering waited for a continuation.");
        Assert.Same(ActorRefs.Nobody, await waiting);
        Assert.Same(ActorRefs.Nobody, await required);
        Assert.True(_registry.GetAsync<string>().IsCompletedSuccessfully);
    }

    [Fact(DisplayName = "A cancelled wait ends without disturbing others, and the end of the system ends all")]
    public async Task Ends_waits()
    {
        using var cancellation = new CancellationTokenSource();
        var cancelled = _registry.GetAsync<string>(cancellation.Token);
        var patient = _registry.GetAsync<string>();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(patient.IsCompleted);
        _registry.Close();
        await Assert.ThrowsAsync<MissingActorRegistryEntryException>(() => patient);
        await Assert.ThrowsAsync<MissingActorRegistryEntryException>(() => _registry.GetAsync<string>());
    }
}
