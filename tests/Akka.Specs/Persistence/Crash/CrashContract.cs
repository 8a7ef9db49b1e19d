using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Specs.Persistence.Support;
using Xunit.Abstractions;

namespace Specs.Persistence.Crash;

/// <summary>
/// A process is killed while many of its actors persist, and again, and again: each recovers exactly what it had been told to be written, and
/// of the one write under way all or nothing. Five rounds; as many as the environment variable CRASH_ROUNDS says.
/// </summary>
public abstract class CrashContract<TStore>(ITestOutputHelper output) : IDisposable where TStore : IStore, new()
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("CRASH_ROUNDS") ?? "5", CultureInfo.InvariantCulture);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TStore _store = new();
    private readonly string _config = Path.GetTempFileName();
    private readonly long[] _written = new long[CrashProgram.Actors];
    private readonly ConcurrentQueue<string> _violations = new();
    private int _recovered;
    private int _unacknowledged;
    private TaskCompletionSource _allRecovered = new();
    private TaskCompletionSource _underWay = new();

    public void Dispose()
    {
        _store.Dispose();
        File.Delete(_config);
        GC.SuppressFinalize(this);
    }

    [StoreFact(DisplayName = "kill -9 under load: replay gives exactly the acknowledged events, and at most the write under way more")]
    public async Task Survives_kill_9()
    {
        await File.WriteAllTextAsync(_config, _store.Config);
        var random = new Random(20261122);
        for (var round = 1; round <= Rounds + 1; round++)
        {
            (_recovered, _allRecovered, _underWay) = (0, new(), new());
            using var process = Start();
            var reading = ReadAsync(process.StandardOutput);
            await Task.WhenAny(_allRecovered.Task, reading).WaitAsync(Patience);
            await Task.WhenAny(_underWay.Task, reading).WaitAsync(Patience);
            Assert.False(process.HasExited, $"round {round}: the process ended by itself");
            // The moment of the kill is the random variable of this test; there is no event to wait for.
            await Task.Delay(random.Next(0, 400));
            process.Kill();
            await reading.WaitAsync(Patience);
            await process.WaitForExitAsync().WaitAsync(Patience);
            Assert.Empty(_violations);
            Assert.Equal(CrashProgram.Actors, _recovered);
        }

        output.WriteLine($"{Rounds} kills, {_written.Sum()} events acknowledged; {_unacknowledged} writes were in the journal without having been told of");
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true };
        foreach (var argument in new[] { "exec", typeof(CrashProgram).Assembly.Location, CrashProgram.Mode, _config })
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private async Task ReadAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            // The last line of a killed process may be a part of one.
            if (line.Split(' ', 3) is not [var key, var number, var what])
                continue;
            Note(int.Parse(key, CultureInfo.InvariantCulture), long.Parse(number, CultureInfo.InvariantCulture), what);
        }
    }

    private void Note(int key, long number, string what)
    {
        switch (what)
        {
            case CountingActor.Recovered:
                if (number < _written[key] || number > _written[key] + CountingActor.MaxBatch)
                    _violations.Enqueue($"actor {key} recovered {number} events, {_written[key]} were acknowledged");
                if (number > _written[key])
                    _unacknowledged++;
                _written[key] = number;
                if (++_recovered == CrashProgram.Actors)
                    _allRecovered.TrySetResult();
                break;
            case CountingActor.Written:
                _written[key] = number;
                _underWay.TrySetResult();
                break;
            case var wrong when wrong.StartsWith(CountingActor.Wrong, StringComparison.Ordinal):
                _violations.Enqueue($"actor {key} at {number}: {wrong}");
                break;
        }
    }
}
