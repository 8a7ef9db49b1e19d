using System.CommandLine;
using System.Text;

namespace ActorNode.Server.Commands.Jobs;

/// <summary>JSON on the command line: the text itself, a file, or <c>-</c> for standard input. Whether it is right is for the node to say.</summary>
internal static class JsonArgument
{
    private const int MaxBytes = 16 * 1024 * 1024;

    public static Argument<string> Required(string description) => new("JSON") { Description = $"{description}: JSON, a file, or - for standard input." };

    public static Argument<string?> Optional(string description) => new("JSON")
    {
        Description = $"{description}: JSON, a file, or - for standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The bytes that the argument stands for.</summary>
    /// <exception cref="UsageException">It is no JSON, and no file that can be read.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(string value, CommandContext context)
    {
        if (value.AsSpan().TrimStart() is ['{' or '[' or '"', ..])
            return Encoding.UTF8.GetBytes(value);
        try
        {
            await using var input = value == "-" ? context.OpenInput() : File.OpenRead(value);
            return await ReadAsync(input, value, context.Stop);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"JSON: '{value}' is neither a JSON object nor a file that can be read: {unreadable.Message}");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream input, string name, CancellationToken stop)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await input.ReadAsync(buffer, stop) is > 0 and var read)
        {
            if (bytes.Length + read > MaxBytes)
                throw new UsageException($"JSON: '{name}' is longer than {MaxBytes} bytes");
            bytes.Write(buffer.AsSpan(0, read));
        }

        return bytes.ToArray();
    }
}
