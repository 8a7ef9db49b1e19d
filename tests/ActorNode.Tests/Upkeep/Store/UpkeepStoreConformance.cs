using System.Security.Cryptography;
using System.Text;
using ActorNode.Storage;
using ActorNode.Tests.Support;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Xunit;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>What every upkeep store must do. A derived class opens one kind of place; each test has one of its own.</summary>
public abstract class UpkeepStoreConformance : IAsyncLifetime
{
    private const int MiB = 1 << 20;

    private static readonly UpkeepKey Nested = new("monitors", "updates", "a-1");

    private ReplicatedUpkeepStore? _store;

    /// <summary>Small parts, so that ordinary values have several; and a small limit.</summary>
    protected static readonly UpkeepStoreSettings Settings = new() { PartBytes = 64 << 10, MaxValueBytes = 8 * MiB };

    /// <summary>The store under test.</summary>
    protected ReplicatedUpkeepStore Store => _store ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>Whether a store opened again has what was written before.</summary>
    protected virtual bool Durable => true;

    /// <summary>Opens the test's store.</summary>
    protected abstract Task<ReplicatedUpkeepStore> OpenAsync(UpkeepStoreSettings settings);

    /// <summary>Makes the place refuse to work until the result is disposed. Null: it cannot be done.</summary>
    protected virtual IDisposable? Break() => null;

    /// <inheritdoc/>
    public virtual async Task InitializeAsync() => _store = await OpenAsync(Settings);

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
    }

    [ConformanceFact(DisplayName = "A key that was never written has no value; one that was written has the last one")]
    public async Task Reads_what_was_written()
    {
        Assert.Null(await ReadAsync(UpkeepKey.Manager));
        await WriteAsync(UpkeepKey.Manager, "one");
        Assert.Equal("one", await ReadAsync(UpkeepKey.Manager));
        await WriteAsync(UpkeepKey.Manager, "two");
        Assert.Equal("two", await ReadAsync(UpkeepKey.Manager));
        Assert.Null(await ReadAsync(UpkeepKey.Scorer));
    }

    [ConformanceFact(DisplayName = "An empty value is a value")]
    public async Task Keeps_empty_values()
    {
        await WriteAsync(UpkeepKey.Scorer, "");
        Assert.Equal("", await ReadAsync(UpkeepKey.Scorer));
    }

    [ConformanceFact(DisplayName = "A removed key has no value, may be removed again, and written again")]
    public async Task Removes()
    {
        await WriteAsync(Nested, "one");
        await Store.RemoveAsync(Nested, default);
        Assert.Null(await ReadAsync(Nested));
        await Store.RemoveAsync(Nested, default);
        Assert.Empty(await ListAsync("monitors", "updates"));
        await WriteAsync(Nested, "two");
        Assert.Equal("two", await ReadAsync(Nested));
    }

    [ConformanceFact(DisplayName = "A list has the keys of its namespaces alone, and a key may have the name of a namespace")]
    public async Task Lists_namespaces()
    {
        UpkeepKey[] keys = [Nested, new("monitors", "updates", "a-2"), new("monitors", "", "b"), new("monitors_2", "", "c"), new("", "", "d")];
        foreach (var key in keys)
            await WriteAsync(key, key.ToString());
        Assert.Equal(["a-1", "a-2"], await ListAsync("monitors", "updates"));
        Assert.Equal(["b"], await ListAsync("monitors", ""));
        Assert.Equal(["c"], await ListAsync("monitors_2", ""));
        Assert.Equal(["d"], await ListAsync("", ""));
        Assert.Empty(await ListAsync("nothing", "here"));
        foreach (var key in keys)
            Assert.Equal(key.ToString(), await ReadAsync(key));
    }

    [ConformanceFact(DisplayName = "Keys differ by case, and may be as long as the rules allow")]
    public async Task Tells_keys_apart()
    {
        var longest = new UpkeepKey(new string('p', 120), new string('s', 120), new string('k', 120));
        await WriteAsync(new UpkeepKey("", "", "Manager"), "capital");
        await WriteAsync(UpkeepKey.Manager, "small");
        await WriteAsync(longest, "long");
        Assert.Equal("capital", await ReadAsync(new UpkeepKey("", "", "Manager")));
        Assert.Equal("small", await ReadAsync(UpkeepKey.Manager));
        Assert.Equal("long", await ReadAsync(longest));
        Assert.Equal([longest.Key], await ListAsync(longest.PrimaryNamespace, longest.SecondaryNamespace));
    }

    [ConformanceFact(DisplayName = "The store's own namespace is refused")]
    public async Task Refuses_its_own_namespace()
    {
        var own = new UpkeepKey(ReplicatedUpkeepStore.OwnNamespace, "", "store");
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(own, "mine"));
        Assert.Contains(ReplicatedUpkeepStore.OwnNamespace, refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.RemoveAsync(own, default));
    }

    [ConformanceFact(DisplayName = "Overlapping writes and removals of a key take effect in the order of the calls")]
    public async Task Keeps_the_order_of_overlapping_writes()
    {
        var calls = new List<Task>();
        for (var i = 0; i < 20; i++)
        {
            calls.Add(WriteAsync(UpkeepKey.Manager, $"{i}"));
            calls.Add(WriteAsync(UpkeepKey.Scorer, $"{i}"));
            calls.Add(i % 2 == 0 ? WriteAsync(Nested, $"{i}") : Store.RemoveAsync(Nested, default));
        }

        await Task.WhenAll(calls);
        Assert.Equal("19", await ReadAsync(UpkeepKey.Manager));
        Assert.Equal("19", await ReadAsync(UpkeepKey.Scorer));
        Assert.Null(await ReadAsync(Nested));
    }

    [ConformanceFact(DisplayName = "A reader beside a writer of large values sees one value or the next, never a mixture")]
    public async Task Replaces_whole_or_not_at_all()
    {
        await Store.WriteAsync(UpkeepKey.NetworkGraph, Filled(0), default);
        var writing = Task.Run(async () =>
        {
            for (byte i = 1; i <= 12; i++)
                await Store.WriteAsync(UpkeepKey.NetworkGraph, Filled(i), default);
        });
        var last = 0;
        do
        {
            var value = (await Store.ReadAsync(UpkeepKey.NetworkGraph, default))!.Value;
            var first = value.Span[0];
            Assert.Equal(MiB + first, value.Length);
            Assert.True(value.Span.IndexOfAnyExcept(first) < 0, "a mixture of two values");
            Assert.True(first >= last, $"{first} after {last}");
            last = first;
        }
        while (!writing.IsCompleted);
        await writing;
        Assert.Equal(Filled(12), (await Store.ReadAsync(UpkeepKey.NetworkGraph, default))!.Value.ToArray());

        static byte[] Filled(byte with)
        {
            var value = new byte[MiB + with];
            Array.Fill(value, with);
            return value;
        }
    }

    [ConformanceFact(DisplayName = "Values of every size about the parts' come back as they were, also after a larger and after a smaller one")]
    public async Task Keeps_every_size()
    {
        int[] sizes = [Settings.PartBytes - 1, (5 * MiB) + 3, Settings.PartBytes, 0, Settings.PartBytes + 1, 3 * Settings.PartBytes, 1];
        foreach (var size in sizes)
        {
            var value = RandomNumberGenerator.GetBytes(size);
            await Store.WriteAsync(UpkeepKey.Manager, value, default);
            Assert.Equal(value, (await Store.ReadAsync(UpkeepKey.Manager, default))!.Value.ToArray());
        }
    }

    [ConformanceFact(DisplayName = "A value beyond the limit is refused by key, size and limit, and the former one stays")]
    public async Task Refuses_too_large_values()
    {
        await WriteAsync(UpkeepKey.NetworkGraph, "small");
        var refused = await Assert.ThrowsAsync<UpkeepValueTooLargeException>(
            () => Store.WriteAsync(UpkeepKey.NetworkGraph, new byte[Settings.MaxValueBytes + 1], default));
        Assert.Equal(
            $"The value of upkeep's key 'network_graph' has {Settings.MaxValueBytes + 1} bytes; actornode.upkeep.store.max-value-bytes allows {Settings.MaxValueBytes}.",
            refused.Message);
        Assert.Equal("small", await ReadAsync(UpkeepKey.NetworkGraph));
        await Store.WriteAsync(UpkeepKey.NetworkGraph, new byte[Settings.MaxValueBytes], default);
    }

    [ConformanceFact(DisplayName = "A value that was written under a higher limit is refused when it is read, and may be removed")]
    public async Task Refuses_to_read_too_large_values()
    {
        if (!Durable)
            return;
        await Store.WriteAsync(UpkeepKey.NetworkGraph, new byte[3 * MiB], default);
        await ReopenAsync(Settings with { MaxValueBytes = 2 * MiB });
        await Assert.ThrowsAsync<UpkeepValueTooLargeException>(() => Store.ReadAsync(UpkeepKey.NetworkGraph, default));
        await Store.RemoveAsync(UpkeepKey.NetworkGraph, default);
        Assert.Null(await Store.ReadAsync(UpkeepKey.NetworkGraph, default));
    }

    [ConformanceFact(DisplayName = "A store opened again has what was acknowledged, and goes on")]
    public async Task Survives_reopening()
    {
        if (!Durable)
            return;
        var graph = RandomNumberGenerator.GetBytes(2 * MiB);
        await WriteAsync(UpkeepKey.Manager, "one");
        await Store.WriteAsync(UpkeepKey.NetworkGraph, graph, default);
        await WriteAsync(Nested, "gone");
        await Store.RemoveAsync(Nested, default);
        await ReopenAsync(Settings);
        Assert.Equal("one", await ReadAsync(UpkeepKey.Manager));
        Assert.Equal(graph, (await Store.ReadAsync(UpkeepKey.NetworkGraph, default))!.Value.ToArray());
        Assert.Null(await ReadAsync(Nested));
        await WriteAsync(UpkeepKey.Manager, "two");
        await ReopenAsync(Settings);
        Assert.Equal("two", await ReadAsync(UpkeepKey.Manager));
    }

    [ConformanceFact(DisplayName = "A call that was given up before its turn has no effect; one that had begun takes effect, and the order stays")]
    public async Task Stays_in_order_when_calls_are_given_up()
    {
        await WriteAsync(UpkeepKey.Manager, "before");
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.WriteAsync(UpkeepKey.Manager, "never"u8.ToArray(), given.Token));
        Assert.Equal("before", await ReadAsync(UpkeepKey.Manager));

        using var later = new CancellationTokenSource();
        var first = Store.WriteAsync(UpkeepKey.Manager, new byte[MiB], later.Token);
        var second = Store.WriteAsync(UpkeepKey.Manager, "second"u8.ToArray(), later.Token);
        var third = WriteAsync(UpkeepKey.Manager, "third");
        await later.CancelAsync();
        foreach (var call in new[] { first, second })
            await Record.ExceptionAsync(() => call);
        await third;
        Assert.Equal("third", await ReadAsync(UpkeepKey.Manager));
    }

    [ConformanceFact(DisplayName = "While the place does not work every call says so; afterwards it works again by itself, with what was acknowledged")]
    public async Task Says_that_it_does_not_work()
    {
        var two = new string('2', 2 * MiB);
        await WriteAsync(UpkeepKey.Manager, "one");
        using (var broken = Break())
        {
            if (broken is null)
                return;
            await Assert.ThrowsAsync<StoreUnavailableException>(() => WriteAsync(UpkeepKey.Manager, two));
        }

        Assert.Contains(await ReadAsync(UpkeepKey.Manager), new[] { "one", two });
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => WriteAsync(UpkeepKey.Manager, "three")) is null);
        Assert.Equal("three", await ReadAsync(UpkeepKey.Manager));
    }

    /// <summary>Closes the store and opens it again.</summary>
    protected async Task ReopenAsync(UpkeepStoreSettings settings)
    {
        await Store.DisposeAsync();
        _store = null;
        _store = await OpenAsync(settings);
    }

    private Task WriteAsync(UpkeepKey key, string value) => Store.WriteAsync(key, Encoding.UTF8.GetBytes(value), default);

    private async Task<string?> ReadAsync(UpkeepKey key) =>
        await Store.ReadAsync(key, default) is { } value ? Encoding.UTF8.GetString(value.Span) : null;

    private async Task<string[]> ListAsync(string primaryNamespace, string secondaryNamespace) =>
        [.. (await Store.ListAsync(primaryNamespace, secondaryNamespace, default)).Select(key => key.Key).Order(StringComparer.Ordinal)];
}
