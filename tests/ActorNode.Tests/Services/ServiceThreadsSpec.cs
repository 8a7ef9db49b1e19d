using ActorNode.Services;
using Xunit;

namespace ActorNode.Tests.Services;

public sealed class ServiceThreadsSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact(DisplayName = "Work that blocks its thread does not hold up work that came right after it, while there are threads: an idle one takes one of the two")]
    public async Task An_idle_thread_takes_one()
    {
        var threads = new ServiceThreads("threads-spec", 4);
        using var gate = new ManualResetEventSlim();
        for (var i = 0; i < 20; i++)
        {
            // From here on there is a thread that is idle, or about to be.
            await Run(() => { });
            var blocked = Run(() => Assert.True(gate.Wait(Patience), "the work after it was not begun"));
            var next = Run(gate.Set);
            await next.WaitAsync(Patience);
            await blocked.WaitAsync(Patience);
            gate.Reset();
        }

        Task Run(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, threads);
    }
}
