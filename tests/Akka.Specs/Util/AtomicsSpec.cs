using Akka.Util;
using Akka.Util.Internal;

namespace Specs.Util;

public sealed class AtomicsSpec
{
    [Fact(DisplayName = "A counter begins before zero, so that its first number is zero")]
    public void Counters()
    {
        var counter = new AtomicCounter();
        Assert.Equal((-1, 0, 0, 1), (counter.Current, counter.Next(), counter.GetAndIncrement(), counter.Current));
        Assert.Equal((6, 6, 9), (counter.AddAndGet(5), counter.GetAndAdd(3), counter.Current));
        Assert.Equal((8, 8, 7, 6), (counter.Decrement(), counter.GetAndDecrement(), counter.Current, counter.DecrementAndGet()));
        Assert.False(counter.CompareAndSet(5, 1));
        Assert.True(counter.CompareAndSet(6, 1));
        Assert.Equal((1, 20), (counter.GetAndSet(20), counter.Current));
        counter.Reset();
        Assert.Equal(0, counter.Current);

        var wide = new AtomicCounterLong(long.MaxValue - 1);
        Assert.Equal((long.MaxValue, "9223372036854775807"), (wide.IncrementAndGet(), wide.ToString()));
        Assert.Equal(0, new AtomicCounterLong().Next());
    }

    [Fact(DisplayName = "A counter loses no count of many threads")]
    public async Task Many_threads()
    {
        var counter = new AtomicCounter(0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
                counter.IncrementAndGet();
        })));
        Assert.Equal(40_000, counter.Current);
    }

    [Fact(DisplayName = "A boolean and a reference change only from the expected value")]
    public void Boolean_and_reference()
    {
        var flag = new AtomicBoolean();
        Assert.False(flag);
        Assert.True(flag.CompareAndSet(false, true));
        Assert.False(flag.CompareAndSet(false, true));
        Assert.True(flag.GetAndSet(false));

        var (one, other) = (new string('a', 1), new string('a', 1));
        var reference = new AtomicReference<string>(one);
        Assert.False(reference.CompareAndSet(other, "b"));
        Assert.True(reference.CompareAndSet(one, other));
        Assert.Same(other, (string)reference);
        Assert.Same(other, reference.GetAndSet("c"));
        Assert.Equal("c", reference.Value);
    }

    [Fact(DisplayName = "A switch turns once, and not at all when the action throws")]
    public void Switches()
    {
        var turned = 0;
        var @switch = new Switch();
        Assert.False(@switch.SwitchOff(() => turned++));
        Assert.Throws<Boom>(() => @switch.SwitchOn(() => throw new Boom("not yet")));
        Assert.True(@switch.IsOff);
        Assert.True(@switch.SwitchOn(() => turned++));
        Assert.False(@switch.SwitchOn(() => turned++));
        Assert.True(@switch.IfOn(() => turned++) && @switch.WhileOn(() => turned++));
        Assert.False(@switch.IfOff(() => turned++) || @switch.WhileOff(() => turned++));
        Assert.True(@switch.SwitchOff());
        Assert.Equal(3, turned);
    }

    [Fact(DisplayName = "A concurrent set takes each item once")]
    public void Set()
    {
        var set = new ConcurrentSet<string>(["a"], StringComparer.OrdinalIgnoreCase);
        Assert.False(set.TryAdd("A"));
        Assert.True(set.TryAdd("b"));
        Assert.Equal(["a", "b"], set.Order(StringComparer.Ordinal));
        Assert.True(set.TryRemove("B"));
        Assert.DoesNotContain("b", set);
        set.Clear();
        Assert.True(set.IsEmpty);
    }

    [Fact(DisplayName = "A dotted path is split at its dots, but not between quotes")]
    public void Dotted_path() => Assert.Equal(["akka", "a.b", "c"], "akka.\"a.b\".c".SplitDottedPathHonouringQuotes());

    [Fact(DisplayName = "A result is the value or the exception in its place")]
    public void Results()
    {
        Assert.Equal((true, 1), (Result.From(() => 1).IsSuccess, Result.Success(1).Value));
        Assert.Equal(Result.Success(1), Result.FromTask(Task.FromResult(1)));
        var boom = new Boom("result");
        Assert.Same(boom, Result.From<int>(() => throw boom).Exception);
        Assert.False(Result.Failure<int>(boom).IsSuccess);
    }
}
