using System.Diagnostics;
using System.Globalization;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Upkeep.Store.Crash;

/// <summary>
/// Starts a program of this assembly, kills it with -9 at a random moment after it said that work is under way, and starts it again over the
/// same folder, so many rounds. 5 rounds; CRASH_ROUNDS=50 for the campaign. The program writes lines of a number and a word.
/// </summary>
/// <param name="mode">Which program.</param>
/// <param name="folder">Where it keeps everything.</param>
/// <param name="recovered">The word by which it says that it found everything as it should be.</param>
/// <param name="underWay">The word by which it says that work is under way.</param>
/// <param name="note">Looks at each line; returns what is wrong, or null.</param>
internal sealed class KillRounds(string mode, string folder, string recovered, string underWay, Func<long, string, string?> note)
{
    public static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("CRASH_ROUNDS") ?? "5", CultureInfo.InvariantCulture);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly List<string> _wrong = [];

    public async Task RunAsync(string kind, string database)
    {
        var random = new Random(20261122);
        for (var round = 1; round <= Rounds + 1; round++)
        {
            var (hasRecovered, isUnderWay) = (new TaskCompletionSource(), new TaskCompletionSource());
            using var process = Start(kind, database);
            var reading = ReadAsync(process.StandardOutput, hasRecovered, isUnderWay);
            var problems = process.StandardError.ReadToEndAsync();
            try
            {
                await Task.WhenAny(hasRecovered.Task, reading).WaitAsync(Patience);
                await Task.WhenAny(isUnderWay.Task, reading).WaitAsync(Patience);
                if (reading.IsCompleted)
                    Assert.Fail($"round {round}: the process ended by itself: {await problems}");
                // The moment of the kill is the random variable of this test; there is no event to wait for.
                await Task.Delay(random.Next(0, 400));
            }
            finally
            {
                process.Kill();
            }

            await reading.WaitAsync(Patience);
            await process.WaitForExitAsync().WaitAsync(Patience);
            Assert.Empty(_wrong);
        }
    }

    private Process Start(string kind, string database)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "exec", typeof(TestProgram).Assembly.Location, mode, kind, folder, database })
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private async Task ReadAsync(StreamReader lines, TaskCompletionSource hasRecovered, TaskCompletionSource isUnderWay)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            // The last line of a killed process may be a part of one.
            if (line.Split(' ', 2) is not [var text, var what] || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                continue;
            if (note(number, what) is { } wrong)
                _wrong.Add(wrong);
            if (what == recovered)
                hasRecovered.TrySetResult();
            else if (what == underWay)
                isUnderWay.TrySetResult();
        }
    }
}
