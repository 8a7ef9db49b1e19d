using Akka.Actor;
using Akka.Hosting;
using Xunit;

namespace Akka.Embedded.Tests.Hosting;

public sealed class HostLifetimeSpec
{
    [Fact(DisplayName = "Stopping the host runs the coordinated shutdown and ends the system")]
    public async Task Host_stops_system()
    {
        var host = await RunningHost.StartAsync((_, _) => { });
        var shutdown = CoordinatedShutdown.Get(host.System);
        var ran = false;
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", () =>
        {
            ran = true;
            return Task.FromResult(Done.Instance);
        });

        await host.StopAsync();
        Assert.True(ran);
        Assert.IsType<CoordinatedShutdown.ClrExitReason>(shutdown.ShutdownReason);
        Assert.True(host.System.WhenTerminated.IsCompleted);
    }

    [Fact(DisplayName = "A system that ends by itself stops the host")]
    public async Task System_stops_host()
    {
        await using var host = await RunningHost.StartAsync((_, _) => { });
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Lifetime.ApplicationStopping.Register(() => stopping.TrySetResult());
        await host.System.Terminate().WaitAsync(RunningHost.Limit);
        await stopping.Task.WaitAsync(RunningHost.Limit);
    }

    [Fact(DisplayName = "A starter that fails fails the start of the host, and the system goes down")]
    public async Task Failed_start_stops_system()
    {
        var host = RunningHost.Build((akka, _) => akka.WithActors((_, _) => throw new InvalidOperationException("no luck")));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);
        Assert.Equal("no luck", failure.Message);
        await host.System.WhenTerminated.WaitAsync(RunningHost.Limit);
    }
}
