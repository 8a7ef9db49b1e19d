using System.Globalization;

namespace ActorNode.Benchmarks.Storage;

/// <summary>Options of a benchmark: pairs of --name and value.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public Options(string[] args, string usage)
    {
        if (args.Length % 2 != 0)
            throw new ArgumentException($"Every option takes a value. Usage: {usage}", nameof(args));
        for (var i = 0; i < args.Length; i += 2)
        {
            var name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : "";
            if (name.Length == 0 || !usage.Contains($"--{name} ", StringComparison.Ordinal))
                throw new ArgumentException($"Unknown option {args[i]}. Usage: {usage}", nameof(args));
            _values[name] = args[i + 1];
        }
    }

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    public int Int(string name, int otherwise) =>
        _values.TryGetValue(name, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    public string[] List(string name, string otherwise) => Text(name, otherwise).Split(',');
}
