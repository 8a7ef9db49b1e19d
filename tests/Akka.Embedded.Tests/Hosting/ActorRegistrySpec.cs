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

    [Fact(DisplayName = "Who waits for a key gets its actor when it is registered, on another thread than the one that registers")]
    public async Task Waits_for_registration()
    {
        var waiting = _registry.GetAsync<string>();
        var required = new RequiredActor<string>(_registry).GetAsync();
        Assert.False(waiting.IsCompleted);
        var registering = Environment.CurrentManagedThreadId;
        var continued = waiting.ContinueWith(_ => Environment.CurrentManagedThreadId, TaskContinuationOptions.ExecuteSynchronously);
        var inside = true;
        _registry.Register<string>(ActorRefs.Nobody);
        inside = false;
        Assert.False(inside);
        Assert.Same(ActorRefs.Nobody, await waiting);
        Assert.Same(ActorRefs.Nobody, await required);
        Assert.NotEqual(registering, await continued);
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
