using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ActorNode.Tests.Support;

/// <summary>
/// A PostgreSQL server of the tests' own, on a free loopback port and a temporary folder. Tests that do not stop it share one; it ends
/// with the test process.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string InstallHint = "apt-get install -y postgresql";

    private static readonly Lazy<Task<PostgresServer>> SharedServer = new(StartNewAsync);

    private static int _databases;

    private readonly string _binaries;
    private readonly string _folder;
    private readonly int _port = FreePort();

    private PostgresServer(string binaries)
    {
        _binaries = binaries;
        _folder = Directory.CreateTempSubdirectory("actornode-postgres-").FullName;
    }

    /// <summary>Why tests that need a server cannot run here, with the command that helps; null when they can.</summary>
    public static string? Unavailable { get; } =
        FindBinaries() is null ? $"No PostgreSQL server is installed. Install it by: {InstallHint}" : null;

    /// <summary>The server that tests share.</summary>
    public static Task<PostgresServer> SharedAsync() => SharedServer.Value;

    /// <summary>A server for one test, which may stop it.</summary>
    public static async Task<PostgresServer> StartNewAsync()
    {
        var server = new PostgresServer(FindBinaries() ?? throw new InvalidOperationException(Unavailable));
        try
        {
            server.CleanUpAfterThisProcess();
            await server.InitializeAsync();
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string options = "")
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync("postgres", $"CREATE DATABASE {name} {options}");
        return ConnectionString(name);
    }

    /// <summary>Runs a statement as the superuser, on a connection of its own.</summary>
    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Starts the server, again on the same port, and waits until it answers.</summary>
    public Task StartAsync() =>
        RunServerAsync("pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder, "server.log"), "-o", $"-c listen_addresses=127.0.0.1 -p {_port.ToString(CultureInfo.InvariantCulture)} -k {_folder}", "start");

    /// <summary>Stops the server as a crash would: connections break, nothing is finished.</summary>
    public Task StopAsync() => RunServerAsync("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
            await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Leaves a process behind that ends the server and removes the folder when this process is gone, however it ended.</summary>
    private void CleanUpAfterThisProcess()
    {
        const string script = "while kill -0 $1; do sleep 1; done; [ ! -f $2/postmaster.pid ] || kill -QUIT $(head -n 1 $2/postmaster.pid); rm -rf $3";
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = "/" };
        foreach (var argument in new[] { "/bin/sh", "-c", $"exec >/dev/null 2>&1 </dev/null; {script}", "sh", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), Data, _folder })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start);
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={_port.ToString(CultureInfo.InvariantCulture)};Username=postgres;Database={database}";

    private async Task InitializeAsync()
    {
        // The server refuses to run as root, so there it runs as the user that its package made, who must own the folder.
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", ["postgres", _folder]);
        await RunServerAsync("initdb", "-D", Data, "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8", "--locale=C");
    }

    private Task RunServerAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return Environment.IsPrivilegedProcess
            ? RunAsync("setpriv", ["--reuid", "postgres", "--regid", "postgres", "--init-groups", path, .. arguments])
            : RunAsync(path, arguments);
    }

    private async Task RunAsync(string program, string[] arguments)
    {
        // pg_ctl leaves the server behind with the output that it was given: a pipe would stay open as long as the server runs.
        var output = Path.Combine(_folder, $"output-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = _folder };
        foreach (var argument in new[] { "-c", "out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "sh", output, program }.Concat(arguments))
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await File.ReadAllTextAsync(output)}");
        File.Delete(output);
    }

    private static string? FindBinaries()
    {
        const string versions = "/usr/lib/postgresql";
        var candidates = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(folder => folder.Length > 0);
        if (Directory.Exists(versions))
            candidates = candidates.Concat(Directory.GetDirectories(versions).OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")));
        return candidates.FirstOrDefault(folder => IsThere(Path.Combine(folder, "initdb")) && IsThere(Path.Combine(folder, "pg_ctl")));
    }

    /// <summary>Also where it is a link: one that leads nowhere is left behind when the server was removed.</summary>
    private static bool IsThere(string path) => new FileInfo(path) is { Exists: true } file && (file.ResolveLinkTarget(returnFinalTarget: true) ?? file).Exists;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
