using ActorNode.Storage;
using ActorNode.Tests.Support;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Xunit;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>The files of a folder.</summary>
public sealed class FolderUpkeepReplicaSpec : IDisposable
{
    private static readonly UpkeepStoreSettings Settings = new();
    private static readonly UpkeepKey Monitor = new("monitors", "", "abc_0");
    private static readonly UpkeepKey Update = new("monitor_updates", "abc_0", "1");

    private readonly TemporaryFolder _folder = new();

    private string Root => Path.Combine(_folder.Path, "ldk");

    public void Dispose() => _folder.Dispose();

    [Fact(DisplayName = "A folder that LDK wrote opens: its values are read, listed and replaced under LDK's names, and what is no key is left alone")]
    public async Task Opens_a_folder_of_LDK()
    {
        Write("manager", "m");
        Write("network_graph", "g");
        Write("monitors/abc_0", "one");
        Write("monitor_updates/abc_0/1", "two");
        Write("manager.0.tmp", "LDK's own leftover");
        Write("not a key", "-");
        await using (var store = await OpenStoreAsync())
        {
            Assert.Equal("m"u8.ToArray(), (await store.ReadAsync(UpkeepKey.Manager, default))!.Value.ToArray());
            Assert.Equal("one"u8.ToArray(), (await store.ReadAsync(Monitor, default))!.Value.ToArray());
            Assert.Equal([Update], (await store.ListAsync("monitor_updates", "abc_0", default)).ToArray());
            Assert.Equal(["manager", "network_graph"], (await store.ListAsync("", "", default)).Select(key => key.Key).Order());
            await store.WriteAsync(UpkeepKey.Manager, "n"u8.ToArray(), default);
            await store.WriteAsync(Update, "three"u8.ToArray(), default);
        }

        Assert.Equal("n", File.ReadAllText(Path.Combine(Root, "manager")));
        Assert.Equal("three", File.ReadAllText(Path.Combine(Root, "monitor_updates/abc_0/1")));
        Assert.True(File.Exists(Path.Combine(Root, "manager.0.tmp")));
        Assert.True(File.Exists(Path.Combine(Root, "not a key")));
        // What the store keeps for itself are keys of LDK's layout, too.
        Assert.All(Directory.EnumerateFiles(Path.Combine(Root, "actornode"), "*", SearchOption.AllDirectories), file => Assert.Matches("^[a-z0-9_-]+$", Path.GetFileName(file)));
    }

    [Fact(DisplayName = "Temporary files that a crash left behind are no values, and are removed at the next opening")]
    public async Task Removes_leftovers()
    {
        await using (var store = await OpenStoreAsync())
            await store.WriteAsync(Monitor, "one"u8.ToArray(), default);
        foreach (var leftover in new[] { "manager.7.actornode.tmp", "monitors/abc_0.8.actornode.tmp", "actornode/stamps/ab.9.actornode.tmp" })
            Write(leftover, "half of a val");
        await using var again = await OpenStoreAsync();
        Assert.Null(await again.ReadAsync(UpkeepKey.Manager, default));
        Assert.Empty(Directory.EnumerateFiles(Root, "*.tmp", SearchOption.AllDirectories));
    }

    [Theory(DisplayName = "After a crash between stamp and value the stamp is that of the value that is there")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tells_the_write_of_a_value(bool valueWasReplaced)
    {
        var (one, two) = (new UpkeepStamp(5, 77, 4), new UpkeepStamp(6, 77, 5));
        var file = Path.Combine(Root, "manager");
        string before;
        await using (var replica = await OpenAsync())
        {
            await replica.PutAsync(UpkeepKey.Manager, new UpkeepValue(one, "one"u8.ToArray()));
            before = File.ReadAllText(file);
            await replica.PutAsync(UpkeepKey.Manager, new UpkeepValue(two, "two"u8.ToArray()));
        }

        // The stamps of the second write with the value of the first are what a crash between the two leaves.
        if (!valueWasReplaced)
            File.WriteAllText(file, before);
        await using var again = await OpenAsync();
        var contents = await again.ContentsAsync(default);
        var expected = valueWasReplaced ? two : one;
        Assert.Equal(expected, contents.Values[UpkeepKey.Manager]);
        Assert.Equal((expected.Sequence, expected.Base), (contents.HighSequence, contents.HighBase));
        Assert.Equal(expected, (await again.ReadAsync(UpkeepKey.Manager, default))!.Value.Stamp);
        await again.PutAsync(UpkeepKey.Manager, new UpkeepValue(new UpkeepStamp(7, 78, expected.Sequence), "three"u8.ToArray()));
        Assert.Equal(7, (await again.ContentsAsync(default)).HighSequence);
    }

    [Fact(DisplayName = "A value that another program changed has no stamp any more")]
    public async Task Notices_foreign_changes()
    {
        await using var replica = await OpenAsync();
        await replica.PutAsync(UpkeepKey.Manager, new UpkeepValue(new UpkeepStamp(5, 77, 4), "one"u8.ToArray()));
        Write("manager", "eno");
        Assert.Equal(default, (await replica.ContentsAsync(default)).Values[UpkeepKey.Manager]);
    }

    [Fact(DisplayName = "The number of a removal is kept, also over a restart")]
    public async Task Keeps_numbers_of_removals()
    {
        await using (var replica = await OpenAsync())
        {
            await replica.PutAsync(UpkeepKey.Scorer, new UpkeepValue(new UpkeepStamp(5, 77, 4), "one"u8.ToArray()));
            await replica.RemoveAsync(UpkeepKey.Scorer, new UpkeepStamp(9, 77, 8));
        }

        await using var again = await OpenAsync();
        var contents = await again.ContentsAsync(default);
        Assert.Empty(contents.Values);
        Assert.Equal((9, 8), (contents.HighSequence, contents.HighBase));
    }

    [Fact(DisplayName = "A folder that another node uses is refused by its name, and so is one whose parent is missing or that is a file")]
    public async Task Refuses_folders()
    {
        await using (await OpenAsync())
        {
            var used = await Assert.ThrowsAsync<StoreOpenException>(OpenAsync);
            Assert.Contains(Root, used.Message, StringComparison.Ordinal);
            Assert.Contains("in use by another node", used.Message, StringComparison.Ordinal);
        }

        var missing = Path.Combine(_folder.Path, "no", "such");
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => FolderUpkeepReplica.OpenAsync(missing, Settings, default));
        Assert.Contains($"{missing} cannot be created: its parent folder does not exist", refused.Message, StringComparison.Ordinal);
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "");
        Assert.Contains(file, (await Assert.ThrowsAsync<StoreOpenException>(() => FolderUpkeepReplica.OpenAsync(file, Settings, default))).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A damaged stamp is an error that names the file")]
    public async Task Refuses_damaged_stamps()
    {
        await using var replica = await OpenAsync();
        await replica.PutAsync(UpkeepKey.Manager, new UpkeepValue(new UpkeepStamp(5, 77, 4), "one"u8.ToArray()));
        var stamp = Directory.EnumerateFiles(Path.Combine(Root, "actornode", "stamps")).Single();
        await File.WriteAllTextAsync(stamp, "actornode-stamp-1\n5 seven 4 3 ab\n");
        var damaged = await Assert.ThrowsAsync<StoreUnavailableException>(() => replica.ContentsAsync(default));
        Assert.Contains($"{stamp} is damaged", damaged.Message, StringComparison.Ordinal);
    }

    private Task<FolderUpkeepReplica> OpenAsync() => FolderUpkeepReplica.OpenAsync(Root, Settings, default);

    private async Task<ReplicatedUpkeepStore> OpenStoreAsync() => await Stores.OpenAsync(await OpenAsync(), Settings);

    private void Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
