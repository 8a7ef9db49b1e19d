using ActorNode.Server.Http.Jobs;
using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

public sealed class CookieSecretSpec : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("actornode-test-").FullName;

    private string File => Path.Combine(_folder, "secret");

    [Fact(DisplayName = "The key is made once, 32 bytes that its user alone can read, and stays")]
    public void Stays()
    {
        var signature = CookieSecret.Open(_folder).Sign("value");
        Assert.Equal(32, new FileInfo(File).Length);
        Assert.Equal([File], Directory.GetFiles(_folder));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.True(CookieSecret.Open(_folder).Signed("value", signature));
        Assert.False(CookieSecret.Open(_folder).Signed("other", signature));
        Assert.False(CookieSecret.InMemory().Signed("value", signature));
    }

    [Fact(DisplayName = "A key that others could read is theirs no more")]
    public void Narrows()
    {
        if (OperatingSystem.IsWindows())
            return;
        CookieSecret.Open(_folder);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        CookieSecret.Open(_folder);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact(DisplayName = "What is no key is refused by its name, and a folder that is not there too")]
    public void Refuses()
    {
        System.IO.File.WriteAllText(File, "short");
        var wrong = Assert.Throws<InvalidDataException>(() => CookieSecret.Open(_folder));
        Assert.Contains(File, wrong.Message);
        Assert.DoesNotContain("short", wrong.Message);
        Assert.Throws<InvalidDataException>(() => CookieSecret.Open(Path.Combine(_folder, "none")));
    }

    [Fact(DisplayName = "What a start that was cut off left does not hold up the next")]
    public void Recovers()
    {
        System.IO.File.WriteAllText(File + ".new", "half");
        CookieSecret.Open(_folder);
        Assert.Equal(32, new FileInfo(File).Length);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
