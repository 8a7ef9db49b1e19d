using System.Diagnostics;
using ActorNode.Benchmarks.Engine;
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

    /// <summary>
    /// Questions at a fixed rate, whatever becomes of earlier ones; a question's time begins when it was due. Keeps nothing but the times: a
    /// collection of what the measurement itself holds would be part of them. Sorted microseconds.
    /// </summary>
    public static async Task<double[]> OpenLoopAsync(IActorRef[] books, int perSecond, TimeSpan time)
    {
        var times = new double[(int)(perSecond * time.TotalSeconds)];
        var answered = new Countdown();
        var all = answered.Start(times.Length);
        await Task.Factory.StartNew(() =>
        {
            var interval = Stopwatch.Frequency / (double)perSecond;
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < times.Length; i++)
            {
                var due = started + (long)(i * interval);
                // What is late by the pause is sent at once, and its delay counts.
                Pause.Until(due);
                _ = AskAsync(i, due);
            }
        }, TaskCreationOptions.LongRunning);
        await all;
        Array.Sort(times);
        return times;

        // A question whose event could not be stored has no answer: its actor has stopped.
        async Task AskAsync(int question, long due)
        {
            try
            {
                await books[question % books.Length].Ask<BookActor.Stored>(BookActor.Ask.Instance, Timeout).ConfigureAwait(false);
                times[question] = Stopwatch.GetElapsedTime(due).TotalMicroseconds;
            }
            catch (AskTimeoutException)
            {
                times[question] = double.PositiveInfinity;
            }

            answered.CountShared();
        }
    }

    public static double Percentile(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
}
