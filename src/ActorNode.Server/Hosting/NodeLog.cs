using System.Globalization;
using System.Net.Sockets;
using ActorNode.Configuration;
using Microsoft.AspNetCore.Connections;
using Serilog;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace ActorNode.Server.Hosting;

/// <summary>The node's log: standard output and a file of its own each day, as text or JSON. Writing never holds up whoever logs.</summary>
internal static class NodeLog
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] {SourceContext}: {Message:l}{NewLine}{Exception}";

    /// <summary>Events that wait to be written; more are dropped rather than holding up the node.</summary>
    private const int Buffer = 10_000;

    private static long _nextComplaint;

    /// <summary>Opens the log. Disposing writes out what waits.</summary>
    public static Logger Create(NodeSettings settings)
    {
        var logging = settings.Logging;
        SelfLog.Enable(OnSinkFailure);
        var log = new LoggerConfiguration()
            .MinimumLevel.Is(LevelOf(logging.Level))
            .Enrich.FromLogContext()
            .Filter.ByExcluding(e => IsBindFailure(e.Exception));

        // The host and the web server report each start, request and stop; what operators need of it, the node says itself.
        if (logging.Level > LogSeverity.Debug)
            log.MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
        // At any level: it would write each request's query, where a signer's clients have their authentication.
        log.MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LogEventLevel.Warning);
        if (logging.Console)
            log.WriteTo.Async(sink => sink.Console(Formatter(logging)), Buffer);
        if (logging.File.Path is { } path)
        {
            log.WriteTo.Async(
                sink => sink.File(
                    Formatter(logging),
                    Path.Combine(settings.Data, path),
                    fileSizeLimitBytes: logging.File.MaxSize,
                    rollingInterval: RollingInterval.Day,
                    rollOnFileSizeLimit: true,
                    retainedFileCountLimit: logging.File.Retained),
                Buffer);
        }

        return log.CreateLogger();
    }

    /// <summary>
    /// An address that cannot be listened at. Server and host would each log it with a stack; the node says it in one line.
    /// </summary>
    public static bool IsBindFailure(Exception? exception) => exception is IOException { InnerException: AddressInUseException } or SocketException
    {
        SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable or SocketError.AddressAlreadyInUse,
    };

    /// <summary>A log that cannot be written is said on standard error, once a minute at most: its cause, a full disk say, tends to stay.</summary>
    private static void OnSinkFailure(string failure)
    {
        var now = Environment.TickCount64;
        var next = Interlocked.Read(ref _nextComplaint);
        if (now >= next && Interlocked.CompareExchange(ref _nextComplaint, now + 60_000, next) == next)
            Console.Error.WriteLine($"the log cannot be written: {failure}");
    }

    private static ITextFormatter Formatter(LoggingSettings logging) => logging.Json
        ? new JsonLines()
        : new MessageTemplateTextFormatter(Template, CultureInfo.InvariantCulture);

    private static LogEventLevel LevelOf(LogSeverity severity) => severity switch
    {
        LogSeverity.Verbose => LogEventLevel.Verbose,
        LogSeverity.Debug => LogEventLevel.Debug,
        LogSeverity.Information => LogEventLevel.Information,
        LogSeverity.Warning => LogEventLevel.Warning,
        LogSeverity.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };
}
