using Akka.TestKit.Extensions;
using Xunit.Sdk;

namespace Specs.TestKits;

public sealed class TaskExpectationSpec
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(1);
    private static readonly Task<int> Never = new TaskCompletionSource<int>().Task;

    [Fact(DisplayName = "A task that ends in time gives its result, one that does not fails the test and says why that matters")]
    public async Task Completes()
    {
        await Task.CompletedTask.ShouldCompleteWithin(Long);
        Assert.Equal(1, await Task.FromResult(1).ShouldCompleteWithin(Long));
        await Task.FromResult(1).ShouldCompleteWithin(1, Long);
        await Assert.ThrowsAnyAsync<XunitException>(() => Task.FromResult(1).ShouldCompleteWithin(2, Long));
        var late = await Assert.ThrowsAnyAsync<XunitException>(() => Never.ShouldCompleteWithin(Short, "it is {0}", "due"));
        Assert.Contains("because it is due", late.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<Boom>(() => Task.FromException(new Boom("x")).ShouldCompleteWithin(Long));
    }

    [Fact(DisplayName = "A task that must fail gives its exception; another one, or none, fails the test")]
    public async Task Throws()
    {
        var boom = new Boom("x");
        Assert.Same(boom, await Task.FromException(boom).ShouldThrowWithin<Boom>(Long));
        await Task.FromException(boom).ShouldThrowWithin(boom, Long);
        await Assert.ThrowsAnyAsync<XunitException>(() => Task.FromException(boom).ShouldThrowWithin<TimeoutException>(Long));
        await Assert.ThrowsAnyAsync<XunitException>(() => Task.CompletedTask.ShouldThrowWithin<Boom>(Long));
        await Assert.ThrowsAnyAsync<XunitException>(() => Never.ShouldThrowWithin<Boom>(Short));
    }

    [Fact(DisplayName = "Waiting with a limit tells of the time that is up, by its result or by an exception")]
    public async Task Limits()
    {
        Assert.True(await Task.CompletedTask.AwaitWithTimeout(Long));
        Assert.False(await Never.AwaitWithTimeout(Short));
        Assert.Equal(1, await Task.FromResult(1).WithTimeout(Long));
        await Assert.ThrowsAsync<TimeoutException>(() => Never.WithTimeout(Short));
    }
}
