namespace ActorNode.Server.Sandbox.Views;

/// <summary>For pipes and logs: a line a second, a line for each fault and its end, and a summary.</summary>
internal sealed class LineView(TextWriter output) : ISandboxView
{
    public IShow Begin(SandboxOptions options, IReadOnlyCollection<string> urls)
    {
        output.WriteLine($"sandbox at {string.Join(", ", urls)}, seed {options.Seed}, {options.Rate} messages/s, {(options.Time is { } time ? Words.Of(time) : "until Ctrl-C")}");
        return new Lines(output);
    }

    public void End(SandboxSummary summary)
    {
        foreach (var line in Words.Summary(summary))
            output.WriteLine(line);
    }

    private sealed class Lines(TextWriter output) : IShow
    {
        private readonly Dictionary<int, string> _said = [];

        public void Show(SandboxStatus status)
        {
            foreach (var fault in status.Faults)
            {
                var outcome = Words.OutcomeOf(fault);
                if (_said.TryGetValue(fault.Number, out var said) && said == outcome)
                    continue;
                _said[fault.Number] = outcome;
                output.WriteLine($"fault {fault.Number}: {Words.Of(fault.Kind)} {fault.What}: {outcome}");
            }

            var parts = status.Parts.Select(p => $"{p.Part} {string.Join(" ", p.Status.Figures.Where(f => f.Brief).Select(f => $"{f.Name}={Words.Of(f.Value)}"))}");
            output.WriteLine($"{Words.Of(status.Elapsed),7} | {string.Join(" | ", parts)}");
            output.Flush();
        }

        public void Dispose()
        {
        }
    }
}
