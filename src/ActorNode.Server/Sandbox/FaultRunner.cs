using System.Collections.Immutable;
using Akka.Actor;

namespace ActorNode.Server.Sandbox;

/// <summary>
/// Injects the faults of a schedule, one at a time: the next one waits until the one before has healed or was given up. What has become of
/// each is visible at any time, from any thread.
/// </summary>
internal sealed class FaultRunner(IReadOnlyList<SandboxFault> faults, SandboxOptions options, TimeProvider clock)
{
    /// <summary>What has not healed after so long does not.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private ImmutableArray<FaultStatus> _all = [];

    /// <summary>The faults of the schedule, in order.</summary>
    public ImmutableArray<FaultStatus> All => _all;

    /// <summary>Runs the schedule. Ends early when it is told to, after the fault under way; then later ones are not injected.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var began = clock.GetTimestamp();
        for (var round = 0; !stopping.IsCancellationRequested && faults.Count > 0; round++)
        {
            var offset = round == 0 ? TimeSpan.Zero : clock.GetElapsedTime(began);
            var order = FaultSchedule.Order(faults, options.Seed, round);
            var first = _all.Length;
            _all = _all.AddRange(order.Zip(
                FaultSchedule.Times(order.Length, options.Time), (fault, at) => (fault, at)).Select((f, i) => new FaultStatus(first + i + 1, f.fault.Kind, f.fault.What, offset + f.at)));
            for (var i = 0; i < order.Length; i++)
            {
                if (!await WaitAsync(_all[first + i].PlannedAt - clock.GetElapsedTime(began), stopping))
                    break;
                await RunAsync(first + i, order[i], clock.GetElapsedTime(began));
            }

            if (options.Time is not null)
                return;
        }
    }

    private async Task RunAsync(int index, SandboxFault fault, TimeSpan at)
    {
        var began = clock.GetTimestamp();
        Set(index, status => status with { InjectedAt = at });
        try
        {
            var healed = await fault.Inject();
            while (clock.GetElapsedTime(began) < GiveUpAfter)
            {
                if (await AskAsync(healed) is { } by)
                {
                    Set(index, status => status with { HealedAfter = clock.GetElapsedTime(began), HealedBy = by });
                    return;
                }

                await Task.Delay(LookAgain, clock);
            }

            Set(index, status => status with { Error = $"not healed after {GiveUpAfter.TotalSeconds:0} s" });
        }
        catch (Exception failed)
        {
            Set(index, status => status with { Error = failed.Message });
        }
    }

    /// <summary>What is asked may be what is broken: no answer is no yes.</summary>
    private static async Task<string?> AskAsync(Func<Task<string?>> healed)
    {
        try
        {
            return await healed();
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private void Set(int index, Func<FaultStatus, FaultStatus> change) => _all = _all.SetItem(index, change(_all[index]));

    private async Task<bool> WaitAsync(TimeSpan time, CancellationToken stopping)
    {
        if (time > TimeSpan.Zero)
            await Task.Delay(time, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopping.IsCancellationRequested;
    }
}
