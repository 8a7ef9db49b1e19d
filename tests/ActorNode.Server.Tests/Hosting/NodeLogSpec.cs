using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Server.Hosting;
using Microsoft.Extensions.Logging;
using Serilog.Extensions.Logging;
using Xunit;

namespace ActorNode.Server.Tests.Hosting;

public sealed class NodeLogSpec : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(DisplayName = "A JSON log has one object a line: time, level, logger, message, template, values and exception")]
    public void Json()
    {
        var lines = Log(new LoggingSettings { Console = false, Json = true }, log => log.LogWarning(
            new InvalidOperationException("first\nsecond"), "Account {Account} waits {Seconds} s for {State}", "a\"b\n", 1.5, DayOfWeek.Friday));

        var line = JsonNode.Parse(Assert.Single(lines))!.AsObject();
        Assert.Equal(["time", "level", "logger", "message", "template", "Account", "Seconds", "State", "exception"], line.Select(p => p.Key));
        Assert.Equal("warning", (string)line["level"]!);
        Assert.Equal("Spec", (string)line["logger"]!);
        Assert.Equal("Account a\"b\n waits 1.5 s for Friday", (string)line["message"]!);
        Assert.Equal("a\"b\n", (string)line["Account"]!);
        Assert.Equal(1.5, (double)line["Seconds"]!);
        Assert.Contains("first\nsecond", (string)line["exception"]!, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, DateTimeOffset.Parse((string)line["time"]!, null).Offset);
    }

    [Fact(DisplayName = "A text log has the message without quotes, and nothing below its level")]
    public void Text()
    {
        var lines = Log(new LoggingSettings { Console = false }, log =>
        {
            log.LogDebug("not shown");
            log.LogInformation("Service {Service} is {State}", "storage", DayOfWeek.Friday);
        });

        Assert.EndsWith("[INF] Spec: Service storage is Friday", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Without file and console nothing is written")]
    public void Off() => Assert.Empty(Log(new LoggingSettings { Console = false, File = new LogFileSettings { Path = null } }, log => log.LogError("x")));

    [Fact(DisplayName = "A full file is followed by another one, and the oldest are deleted")]
    public void Rolls()
    {
        Log(new LoggingSettings { Console = false, File = new LogFileSettings { MaxSize = 1_000, Retained = 3 } }, log =>
        {
            for (var i = 0; i < 100; i++)
                log.LogInformation("{Number} {Padding}", i, new string('x', 100));
        });

        var files = Directory.GetFiles(Path.Combine(_folder.FullName, "logs"));
        Assert.Equal(3, files.Length);
        Assert.Contains(files, file => File.ReadAllText(file).Contains(" 99 ", StringComparison.Ordinal));
    }

    private string[] Log(LoggingSettings logging, Action<ILogger> write)
    {
        using (var events = NodeLog.Create(new NodeSettings { Data = _folder.FullName, Logging = logging }))
        using (var loggers = new SerilogLoggerFactory(events))
            write(loggers.CreateLogger("Spec"));
        return [.. Directory.GetFiles(_folder.FullName, "*.log", SearchOption.AllDirectories).SelectMany(File.ReadAllLines)];
    }
}
