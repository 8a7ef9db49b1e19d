using Spectre.Console;

namespace ActorNode.Server.Commands;

/// <summary>How far long work is: <paramref name="Done"/> of <paramref name="Total"/>, where that is known, and in words.</summary>
internal readonly record struct WorkProgress(double Done, double? Total, string Text);

/// <summary>Shows the progress of long work on standard error: a bar on a terminal, otherwise a line from time to time.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    /// <summary>Shows until the work ends. Throws what the work threw.</summary>
    public static async Task ShowAsync(Task work, Func<WorkProgress> progress, CommandContext context)
    {
        if (context.IsTerminal)
            await BarAsync(work, progress, context.Error);
        else
            await LinesAsync(work, progress, context.Error);
        await work;
    }

    private static async Task LinesAsync(Task work, Func<WorkProgress> progress, TextWriter error)
    {
        while (!await EndsWithinAsync(work, LineEvery))
        {
            var now = progress();
            var percent = now.Total is > 0 and var total ? $" ({now.Done / total:P0})" : "";
            await error.WriteLineAsync($"{now.Text}{percent}");
        }
    }

    private static Task BarAsync(Task work, Func<WorkProgress> progress, TextWriter error)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(async bar =>
            {
                var task = bar.AddTask(Markup.Escape(progress().Text));
                bool ended;
                do
                {
                    ended = await EndsWithinAsync(work, BarEvery);
                    var now = progress();
                    task.Description = Markup.Escape(now.Text);
                    task.IsIndeterminate = now.Total is null;
                    task.MaxValue = Math.Max(now.Total ?? 1, 1);
                    task.Value = now.Done;
                }
                while (!ended);
            });
    }

    /// <summary>True when the work ended, whichever way; its exception is for whoever awaits it.</summary>
    private static async Task<bool> EndsWithinAsync(Task work, TimeSpan time) => await Task.WhenAny(work, Task.Delay(time)) == work;
}
