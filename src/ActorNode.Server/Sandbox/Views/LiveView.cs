using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorNode.Server.Sandbox.Views;

/// <summary>For people: one screen that is drawn over itself every second, and the summary below it.</summary>
internal sealed class LiveView(TextWriter output, IAnsiConsole console) : ISandboxView
{
    private const int HighEnough = 50;

    public IShow Begin(SandboxOptions options, IReadOnlyCollection<string> urls) => new Screen(console);

    public void End(SandboxSummary summary) => new LineView(output).End(summary);

    /// <summary>The whole screen, without tables where it is too low for them.</summary>
    public static IRenderable Render(SandboxStatus status, int height)
    {
        var rows = new List<IRenderable>
        {
            new Markup($"[bold]ActorNode sandbox[/]  {Words.Of(status.Elapsed)}  [link]{Markup.Escape(string.Join(" ", status.Urls))}[/]  [grey]Ctrl-C ends it[/]"),
        };
        foreach (var (part, now) in status.Parts)
            rows.Add(new Panel(new Rows(Contents(now, height >= HighEnough))) { Header = new PanelHeader($" {Markup.Escape(part)} "), Expand = true, Border = BoxBorder.Rounded });
        if (status.Faults.Count > 0)
            rows.Add(new Panel(Faults(status.Faults)) { Header = new PanelHeader(" faults "), Expand = true, Border = BoxBorder.Rounded });
        return new Rows(rows);
    }

    private static IEnumerable<IRenderable> Contents(PartStatus status, bool tables)
    {
        var figures = status.Figures.Where(f => Words.Of(f.Value).Length > 0)
            .Select(f => $"[grey]{Markup.Escape(f.Name.Replace('_', ' '))}[/] [bold]{Markup.Escape(Words.Of(f.Value))}[/]");
        yield return new Markup(string.Join("  ", figures));
        foreach (var table in status.Tables.Where(t => tables && t.Rows.Length > 0))
            yield return Of(table);
    }

    private static Table Of(StatusTable status)
    {
        var table = new Table().Border(TableBorder.None).Expand();
        foreach (var column in status.Columns)
            table.AddColumn(new TableColumn($"[grey]{Markup.Escape(column)}[/]").NoWrap());
        foreach (var row in status.Rows)
            table.AddRow(row.Select(cell => (IRenderable)new Text(cell) { Overflow = Overflow.Ellipsis }));
        return table;
    }

    private static Rows Faults(IReadOnlyList<FaultStatus> faults) => new(faults.TakeLast(12).Select(fault =>
    {
        var colour = fault switch
        {
            { Error: not null } => "red",
            { HealedAfter: not null } => "green",
            { InjectedAt: not null } => "yellow",
            _ => "grey",
        };
        return (IRenderable)new Markup($"[{colour}]{fault.Number,3}  {Words.Of(fault.Kind)} {Markup.Escape(fault.What)}: {Markup.Escape(Words.OutcomeOf(fault))}[/]");
    }));

    /// <summary>Lives as long as the display, which runs until it is disposed.</summary>
    private sealed class Screen : IShow
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly IAnsiConsole _console;
        private readonly Task _display;
        private LiveDisplayContext? _context;

        public Screen(IAnsiConsole console)
        {
            _console = console;
            _display = console.Live(new Text("")).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(context =>
            {
                _context = context;
                return _ended.Task;
            });
        }

        public void Show(SandboxStatus status) => _context?.UpdateTarget(Render(status, _console.Profile.Height));

        public void Dispose()
        {
            _ended.TrySetResult();
            _display.Wait(TimeSpan.FromSeconds(5));
        }
    }
}
