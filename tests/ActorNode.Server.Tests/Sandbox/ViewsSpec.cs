using System.Text.Json.Nodes;
using ActorNode.Server.Sandbox;
using ActorNode.Server.Sandbox.Views;
using Spectre.Console;
using Xunit;

namespace ActorNode.Server.Tests.Sandbox;

public sealed class ViewsSpec
{
    private static readonly SandboxStatus Status = new(
        TimeSpan.FromSeconds(2),
        ["http://127.0.0.1:1"],
        [
            ("messages", new PartStatus([new Figure("written", 1_200L, Brief: true), new Figure("accounts", 8)])
            {
                Tables = [new StatusTable("parked events", ["event", "error"], [["[e1]", "no [good]"]])],
            }),
        ],
        [
            new FaultStatus(1, FaultKind.Kill, "an actor", TimeSpan.FromSeconds(1)) { InjectedAt = TimeSpan.FromSeconds(1), HealedAfter = TimeSpan.FromSeconds(0.5), HealedBy = "its supervisor" },
            new FaultStatus(2, FaultKind.Hang, "a [peer]", TimeSpan.FromSeconds(2)) { InjectedAt = TimeSpan.FromSeconds(2), Error = "not healed after 45 s" },
            new FaultStatus(3, FaultKind.Fail, "a store", TimeSpan.FromSeconds(3)),
        ]);

    private static readonly SandboxOptions Options = new() { Faults = true, Time = TimeSpan.FromSeconds(2) };

    private readonly StringWriter _output = new();

    [Fact(DisplayName = "As lines: one a second with the figures that matter most, one for each change of a fault, and a summary with the reasons")]
    public void Lines()
    {
        var view = new LineView(_output);
        using (var show = view.Begin(Options, Status.Urls))
        {
            show.Show(Status);
            show.Show(Status);
        }

        view.End(new SandboxSummary(Status, Options, ["fault 2 (a [peer]): not healed after 45 s"]));

        var lines = _output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.Equal("sandbox at http://127.0.0.1:1, seed 1, 50 messages/s, 2.0 s", lines[0]);
        Assert.Equal("fault 1: kill an actor: healed after 0.5 s: its supervisor", lines[1]);
        Assert.Equal("fault 2: hang a [peer]: NOT HEALED: not healed after 45 s", lines[2]);
        Assert.Equal("fault 3: fail a store: planned at 3.0 s", lines[3]);
        Assert.Equal("  2.0 s | messages written=1,200", lines[4]);
        Assert.Equal(lines[4], lines[5]);
        Assert.Equal("  messages: written 1,200, accounts 8", lines[7]);
        Assert.Equal("faults: 2 injected, 1 healed", lines[8]);
        Assert.Equal("FAILED: fault 2 (a [peer]): not healed after 45 s", lines[^1]);
    }

    [Fact(DisplayName = "As JSON: one object a line and second with all figures and tables, and one at the end that says whether all is well")]
    public void Json()
    {
        var view = new JsonView(_output);
        using (var show = view.Begin(Options, Status.Urls))
            show.Show(Status);
        view.End(new SandboxSummary(Status, Options, []));

        var lines = _output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n').Select(l => JsonNode.Parse(l)!).ToArray();
        Assert.Equal(["status", "summary"], lines.Select(l => (string)l["type"]!));
        Assert.Equal(1_200, (long)lines[0]["parts"]!["messages"]!["written"]!);
        Assert.Equal("no [good]", (string)lines[0]["parts"]!["messages"]!["parked_events"]![0]!["error"]!);
        Assert.Equal(0.5, (double)lines[0]["faults"]![0]!["healedAfter"]!);
        Assert.True((bool)lines[1]["ok"]!);
    }

    [Theory(DisplayName = "On a terminal: figures and faults always, tables where the screen is high enough; markup in values is text")]
    [InlineData(60, true)]
    [InlineData(24, false)]
    public void Live(int height, bool tables)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 140;
        console.Write(LiveView.Render(Status, height));

        var screen = _output.ToString();
        Assert.Contains("written 1,200", screen, StringComparison.Ordinal);
        Assert.Contains("hang a [peer]: NOT HEALED", screen, StringComparison.Ordinal);
        Assert.Equal(tables, screen.Contains("no [good]", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "The live screen ends with its show, and the summary follows it")]
    public void Live_ends()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        var view = new LiveView(_output, console);
        using (var show = view.Begin(Options, Status.Urls))
            show.Show(Status);
        view.End(new SandboxSummary(Status, Options, []));
        Assert.EndsWith("OK: every invariant held and every fault healed", _output.ToString().TrimEnd(), StringComparison.Ordinal);
    }
}
