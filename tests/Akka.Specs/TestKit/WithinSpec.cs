using Xunit.Sdk;

namespace Specs.TestKits;

public sealed class WithinSpec : Spec
{
    [Fact(DisplayName = "Within bounds the expectations inside that say nothing themselves")]
    public async Task Bounds_nested_expectations()
    {
        var start = Now;
        Assert.ThrowsAny<XunitException>(() => Within(Ms(50), () => ExpectMsg<string>()));
        await Assert.ThrowsAnyAsync<XunitException>(() => WithinAsync(Ms(50), async () => await ExpectMsgAsync<string>()));
        Assert.True(Now - start < TestKitSettings.SingleExpectDefault);
    }

    [Fact(DisplayName = "ExpectNoMsg inside of Within waits for what remains of it")]
    public async Task No_message_uses_the_rest()
    {
        var start = Now;
        await WithinAsync(Ms(60), async () => await ExpectNoMsgAsync());
        Assert.InRange(Now - start, Ms(55), TestKitSettings.SingleExpectDefault);
    }

    [Fact(DisplayName = "A block that ends before its least duration fails")]
    public void Too_fast() =>
        Assert.ThrowsAny<XunitException>(() => Within(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), () => { }));

    [Fact(DisplayName = "A block that ends after its greatest duration fails")]
    public void Too_slow()
    {
        using var never = new ManualResetEventSlim();
        Assert.ThrowsAny<XunitException>(() => Within(Ms(10), () => { never.Wait(Ms(60)); }));
    }

    [Fact(DisplayName = "Within gives the result of its block")]
    public async Task Result()
    {
        Assert.Equal(1, Within(TimeSpan.FromSeconds(30), () => 1));
        Assert.Equal(2, await WithinAsync(TimeSpan.FromSeconds(30), () => Task.FromResult(2)));
    }

    [Fact(DisplayName = "An inner Within cannot exceed the outer one")]
    public void Nested()
    {
        var start = Now;
        Assert.ThrowsAny<XunitException>(() => Within(Ms(50), () => Within(TimeSpan.FromSeconds(30), () => ExpectMsg<string>())));
        Assert.True(Now - start < TestKitSettings.SingleExpectDefault);
    }

    [Fact(DisplayName = "Remaining is known inside of Within; RemainingOrDefault outside too")]
    public void Remaining_time()
    {
        Assert.Throws<InvalidOperationException>(() => Remaining);
        Assert.Equal(TestKitSettings.SingleExpectDefault, RemainingOrDefault);
        Within(TimeSpan.FromSeconds(30), () =>
        {
            Assert.InRange(Remaining, TimeSpan.Zero, TimeSpan.FromSeconds(30));
            Assert.InRange(RemainingOrDefault, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        });
    }

    [Fact(DisplayName = "AwaitAssert repeats until the assertion holds, and fails with it when time is up")]
    public async Task Await_assert()
    {
        var tries = 0;
        AwaitAssert(() => Assert.Equal(3, ++tries));
        tries = 0;
        await AwaitAssertAsync(() => Assert.Equal(3, ++tries));
        Assert.ThrowsAny<XunitException>(() => AwaitAssert(() => Assert.Fail("never"), Ms(50)));
    }

    [Fact(DisplayName = "AwaitCondition waits for true and fails when time is up")]
    public async Task Await_condition()
    {
        var tries = 0;
        AwaitCondition(() => ++tries == 3);
        await AwaitConditionAsync(() => Task.FromResult(++tries == 6));
        Assert.ThrowsAny<XunitException>(() => AwaitCondition(() => false, Ms(50)));
        Assert.False(AwaitConditionNoThrow(() => false, Ms(10)));
        Assert.True(await AwaitConditionNoThrowAsync(() => Task.FromResult(true), Ms(10)));
    }
}

public sealed class DilationSpec : Spec
{
    public DilationSpec() : base("akka.test { timefactor = 2.0, single-expect-default = 100ms, default-timeout = 7s, filter-leeway = 1s }")
    {
    }

    [Fact(DisplayName = "Timeouts are multiplied by the time factor")]
    public void Dilated_timeouts()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), Dilated(TimeSpan.FromSeconds(1)));
        Assert.Equal(Ms(200), RemainingOrDefault);
        Assert.Equal(Ms(60), RemainingOrDilated(Ms(30)));
    }

    [Fact(DisplayName = "The settings are those of the configuration")]
    public void Settings()
    {
        Assert.Equal(2.0, TestKitSettings.TestTimeFactor);
        Assert.Equal(Ms(100), TestKitSettings.SingleExpectDefault);
        Assert.Equal(TimeSpan.FromSeconds(7), TestKitSettings.DefaultTimeout);
        Assert.Equal(TimeSpan.FromSeconds(1), TestKitSettings.TestEventFilterLeeway);
    }
}
