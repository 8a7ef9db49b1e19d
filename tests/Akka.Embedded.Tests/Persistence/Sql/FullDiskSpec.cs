using System.Diagnostics;
using Xunit;

namespace Akka.Embedded.Tests.Persistence.Sql;

/// <summary>The journal on a small file system of its own, which somebody else fills up.</summary>
public sealed class FullDiskSpec : SqliteSpec
{
    [MountFact(DisplayName = "A full disk: the write fails with an error that says so, recovery gives what was acknowledged, and with room again the actor goes on")]
    public async Task Full_disk()
    {
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", Folder);
        try
        {
            await RunAsync("akka.persistence.journal.sql.circuit-breaker.max-failures = 1000", async system =>
            {
                var acknowledged = 0;
                await using (var holder = await Holder.StartAsync(system, "a"))
                {
                    await holder.PersistAsync(Event(acknowledged++));
                    var filler = Fill();
                    var failure = await Assert.ThrowsAnyAsync<Exception>(async () =>
                    {
                        // What room there is in files that exist already is used up first.
                        while (acknowledged < 100_000)
                        {
                            await holder.PersistAsync(Event(acknowledged));
                            acknowledged++;
                        }
                    });
                    Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);
                    await holder.StoppedAsync();
                    System.IO.File.Delete(filler);
                }

                Assert.Equal(acknowledged, (await system.RecoverAsync("a")).Count);
                await using (var again = await Holder.StartAsync(system, "a"))
                    await again.PersistAsync("after");
                var recovered = await system.RecoverAsync("a");
                Assert.Equal(acknowledged + 1, recovered.Count);
                Assert.Equal(("after", acknowledged + 1L), recovered[^1]);
            });
            Assert.Equal(["ok"], Rows(File, "PRAGMA integrity_check"));
        }
        finally
        {
            await RunAsync("umount", "-l", Folder);
        }
    }

    private static string Event(int number) => $"event {number} {new string('x', 1_000)}";

    /// <summary>Takes all the room that is left.</summary>
    private string Fill()
    {
        var path = Path.Combine(Folder, "filler");
        using var filler = new FileStream(path, FileMode.Create);
        try
        {
            var block = new byte[4096];
            while (true)
            {
                filler.Write(block);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            return path;
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}

/// <summary>A test that mounts a small file system of its own, which only root may.</summary>
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute() =>
        Skip = OperatingSystem.IsLinux() && Environment.UserName == "root" ? null : "Needs root to mount a file system: sudo dotnet test";
}
