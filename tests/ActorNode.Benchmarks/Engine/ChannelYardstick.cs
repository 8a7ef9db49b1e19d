using System.Diagnostics;
using System.Threading.Channels;

namespace ActorNode.Benchmarks.Engine;

/// <summary>
/// A loop over an unbounded channel with a single reader: what the runtime itself needs to hand an object from one thread to
/// another. Machines differ, the ratio to it differs less.
/// </summary>
internal static class ChannelYardstick
{
    private const int Messages = 2_000_000;

    /// <summary>Millions of messages a second.</summary>
    public static async Task<double> MeasureAsync(int writers)
    {
        GC.Collect();
        var started = Stopwatch.GetTimestamp();
        await RunAsync(writers, Messages);
        return Messages / Stopwatch.GetElapsedTime(started).TotalMicroseconds;
    }

    public static async Task RunAsync(int writers, int messages)
    {
        var channel = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = false });
        var message = new object();
        var reading = Task.Run(async () =>
        {
            var left = messages / writers * writers;
            while (left > 0 && await channel.Reader.WaitToReadAsync())
            {
                while (channel.Reader.TryRead(out _))
                    left--;
            }
        });
        var writing = Producers.RunAsync(writers, messages / writers, _ => channel.Writer.TryWrite(message));
        await Task.WhenAll(writing, reading);
    }
}

/// <summary>Threads that do nothing but send.</summary>
internal static class Producers
{
    public static Task RunAsync(int producers, int times, Action<int> send) =>
        Task.WhenAll(Enumerable.Range(0, producers).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < times; i++)
                send(i);
        })));
}
