using Akka.Pattern;
using Akka.Util;

namespace Specs.Pattern;

public sealed class RetrySpec : TimedSpec
{
    private int _tries;

    [Fact(DisplayName = "A success is the result, and nothing is tried again")]
    public async Task Success()
    {
        Assert.Equal(1, await RetrySupport.Retry(() => Task.FromResult(++_tries), 5));
        Assert.Equal(1, _tries);
    }

    [Fact(DisplayName = "What fails or throws is tried again until it succeeds")]
    public async Task Until_success() =>
        Assert.Equal(3, await RetrySupport.Retry(() => ++_tries < 3 ? throw new Boom("try") : Task.FromResult(_tries), 5));

    [Fact(DisplayName = "The first try is none of the retries, and the last failure is the result")]
    public async Task Exhausted()
    {
        var failure = await Assert.ThrowsAsync<Boom>(() => RetrySupport.Retry(Failing, 2));
        Assert.Equal("3", failure.Message);
        Assert.Equal(3, _tries);
    }

    [Fact(DisplayName = "Without retries it is one try")]
    public async Task None()
    {
        await Assert.ThrowsAsync<Boom>(() => RetrySupport.Retry(Failing, 0));
        Assert.Equal(1, _tries);
    }

    [Fact(DisplayName = "Between tries it waits for what the function says, which is asked with the number of the retry")]
    public async Task Delays()
    {
        var asked = new List<int>();
        var result = RetrySupport.Retry(Failing, 3, retry =>
        {
            asked.Add(retry);
            return retry == 2 ? Option<TimeSpan>.None : Ms(100 * retry);
        }, Sys.Scheduler);
        Assert.Equal(1, _tries);
        Scheduler.Advance(Ms(99));
        Assert.Equal(1, _tries);
        Scheduler.Advance(Ms(1));
        await AwaitAssertAsync(() => Assert.Equal([1, 2, 3], asked));
        Assert.Equal(3, _tries);
        Scheduler.Advance(Ms(300));
        await Assert.ThrowsAsync<Boom>(() => result);
        Assert.Equal(4, _tries);
    }

    private Task<int> Failing() =>
        Task.FromException<int>(new Boom((++_tries).ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
