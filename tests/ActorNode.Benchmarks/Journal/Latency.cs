using System.Diagnostics;
using Akka.Actor;

namespace ActorNode.Benchmarks.Journal;

/// <summary>Ask, persist, reply: how long the asker waits.</summary>
internal static class Latency
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>So many callers, each with an actor of its own, ask again once they are answered. Sorted microseconds.</summary>
    public static async Task<double[]> ClosedLoopAsync(IActorRef[] books, TimeSpan time)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(books.Select(book => Task.Run(async () =>
        {
            var times = new List<double>();
            while (Stopwatch.GetTimestamp() < end)
            {
                var started = Stopwatch.GetTimestamp();
                await book.Ask<BookActor.Stored>(BookActor.Ask.Instance, Timeout);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            }

            return times;
        })));
        return [.. all.SelectMany(times => times).Order()];
    }

    /// <summary>Questions at a fixed rate, whatever becomes of earlier ones; a question's time begins when it was due. Sorted microseconds.</summary>
    public static async Task<double[]> OpenLoopAsync(IActorRef[] books, int perSecond, TimeSpan time)
    {
        var answers = new List<Task<double>>();
        await Task.Factory.StartNew(() =>
        {
            var interval = Stopwatch.Frequency / (double)perSecond;
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < perSecond * time.TotalSeconds; i++)
            {
                var due = started + (long)(i * interval);
                // A sleep is too coarse for the gaps between questions; what is late by it is sent at once, and its delay counts.
                while (Stopwatch.GetTimestamp() < due)
                {
                    if (due - Stopwatch.GetTimestamp() > Stopwatch.Frequency / 5000)
                        Thread.Sleep(0);
                }

                answers.Add(AskAsync(books[i % books.Length], due));
            }
        }, TaskCreationOptions.LongRunning);
        return [.. (await Task.WhenAll(answers)).Order()];
    }

    public static double Percentile(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];

    private static async Task<double> AskAsync(IActorRef book, long due)
    {
        await book.Ask<BookActor.Stored>(BookActor.Ask.Instance, Timeout).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(due).TotalMicroseconds;
    }
}
