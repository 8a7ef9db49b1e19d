using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorNode.Server.Tests.Support;

/// <summary>
/// The real node as a process of its own, on a free loopback port: started, driven over HTTP, signalled, killed. Keeps what it printed.
/// </summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private NodeProcess(Process process, Uri url)
    {
        _process = process;
        Http = new HttpClient { BaseAddress = url, Timeout = Patience };
    }

    /// <summary>A client of the node.</summary>
    public HttpClient Http { get; }

    public int Id => _process.Id;

    /// <summary>Everything printed so far, standard output and standard error.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts `run` on this folder and a free port. <paramref name="environment"/> overrides settings.</summary>
    public static NodeProcess Run(string data, IReadOnlyDictionary<string, string>? environment = null, params string[] more)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort()}");
        return Start(url, ["run", "--data", data, "--urls", url.ToString().TrimEnd('/'), .. more], environment);
    }

    /// <summary>Starts any command.</summary>
    public static NodeProcess Start(Uri url, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "ActorNode.Server.dll") },
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
            start.Environment[key] = value;
        var node = new NodeProcess(Process.Start(start)!, url);
        node._process.OutputDataReceived += node.Keep;
        node._process.ErrorDataReceived += node.Keep;
        node._process.BeginOutputReadLine();
        node._process.BeginErrorReadLine();
        return node;
    }

    /// <summary>Waits until the node says that it is ready. Throws with its output when it ends instead.</summary>
    public Task ReadyAsync() => UntilAsync(HttpStatusCode.OK, "getting ready");

    /// <summary>Waits until the node says that it is not ready, e.g. since it stops.</summary>
    public Task NotReadyAsync() => UntilAsync(HttpStatusCode.ServiceUnavailable, "being not ready for a while");

    /// <summary>kill -9: no handler of the node runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, or another signal by name.</summary>
    public void Signal(string name = "TERM")
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> ExitCodeAsync(TimeSpan? patience = null)
    {
        using var timeout = new CancellationTokenSource(patience ?? Patience);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task UntilAsync(HttpStatusCode status, string what)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"the node ended with {_process.ExitCode} instead of {what}:\n{Output}");
            try
            {
                using var answer = await Http.GetAsync("/health/ready", timeout.Token);
                if (answer.StatusCode == status)
                    return;
            }
            catch (HttpRequestException)
            {
                // Nobody listens yet.
            }

            // Polling another process: there is nothing to wait for but time.
            await Task.Delay(20, timeout.Token);
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.AppendLine(line.Data);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
