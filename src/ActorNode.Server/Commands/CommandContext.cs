using System.Collections;
using System.Collections.Immutable;
using ActorNode.Server.Hosting;

namespace ActorNode.Server.Commands;

/// <summary>What a command has of its surroundings. Tests give it their own.</summary>
internal sealed record CommandContext
{
    /// <summary>Standard input.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Shows a prompt and reads a line that is not shown; null where nobody sits at a terminal.</summary>
    public Func<string, string>? ReadSecret { get; init; }

    /// <summary>Standard output as bytes.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Standard output: results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard error: progress and problems.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>True where progress may be drawn over itself.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>True where results may be drawn over themselves.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Environment variables.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Cancelled when the command should end.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>What the command does when it should end at once.</summary>
    public FastStop Fast { get; init; } = new();

    /// <summary>The process's own.</summary>
    public static CommandContext OfProcess(StopSignals signals) => new()
    {
        OpenInput = Console.OpenStandardInput,
        ReadSecret = Console.IsInputRedirected ? null : HiddenInput.Read,
        OpenOutput = Console.OpenStandardOutput,
        Output = Console.Out,
        Error = Console.Error,
        IsTerminal = !Console.IsErrorRedirected,
        OutputIsTerminal = !Console.IsOutputRedirected,
        Environment = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToImmutableDictionary(v => (string)v.Key, v => (string?)v.Value ?? ""),
        Stop = signals.Stop,
        Fast = signals.Fast,
    };
}
