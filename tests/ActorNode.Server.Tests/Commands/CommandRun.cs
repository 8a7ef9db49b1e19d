using System.Collections.Immutable;
using System.Text;
using ActorNode.Server.Commands;

namespace ActorNode.Server.Tests.Commands;

/// <summary>A command line run inside the test, with what it printed.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a command.</summary>
    public static Task<CommandRun> Of(params string[] arguments) => Of(arguments, "");

    /// <summary>Runs a command with standard input, environment variables, a token that interrupts it, and who answers prompts.</summary>
    public static async Task<CommandRun> Of(
        IReadOnlyList<string> arguments, string input, ImmutableDictionary<string, string>? environment = null, bool terminal = false, CancellationToken stop = default, Func<string, string>? secrets = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var bytes = new MemoryStream();
        var code = await NodeCommandLine.RunAsync(arguments, new CommandContext
        {
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
            ReadSecret = secrets,
            OpenOutput = () => new KeepOpen(bytes),
            Output = output,
            Error = error,
            IsTerminal = terminal,
            Environment = environment ?? ImmutableDictionary<string, string>.Empty,
            Stop = stop,
        });
        return new CommandRun(code, output + Encoding.UTF8.GetString(bytes.ToArray()), error.ToString());
    }

    /// <summary>Standard output as bytes: closing it keeps what was written.</summary>
    private sealed class KeepOpen(MemoryStream bytes) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => bytes.Length;

        public override long Position
        {
            get => bytes.Position;
            set => throw new NotSupportedException();
        }

        public override void Flush() => bytes.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => bytes.Write(buffer, offset, count);
    }
}
