using System.Buffers;
using System.IO.Pipelines;

namespace ActorNode.Server.Transfer;

/// <summary>A line of the input without its line end. <see cref="Offset"/> is where it starts, <see cref="End"/> where the next one does.</summary>
public readonly record struct InputLine(ReadOnlyMemory<byte> Text, long Number, long Offset, long End);

/// <summary>Reads lines with their places. Holds no more than the longest allowed line. One reader at a time.</summary>
public sealed class LineReader(Stream input, long firstNumber, long firstOffset, int maxLine)
{
    private readonly PipeReader _pipe = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 256 * 1024, leaveOpen: true));
    private long _number = firstNumber;
    private long _offset = firstOffset;

    /// <summary>The next line, or null at the end.</summary>
    /// <exception cref="ImportException">A line is too long.</exception>
    public async ValueTask<InputLine?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _pipe.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
                return Take(buffer.Slice(0, end), buffer.GetPosition(1, end), lineEnd: 1);
            if (buffer.Length > maxLine)
                throw new ImportException(_number, $"is longer than {maxLine} bytes");
            if (result.IsCompleted)
                return buffer.IsEmpty ? null : Take(buffer, buffer.End, lineEnd: 0);
            _pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private InputLine Take(ReadOnlySequence<byte> text, SequencePosition next, int lineEnd)
    {
        if (text.Length > maxLine)
            throw new ImportException(_number, $"is longer than {maxLine} bytes");
        var line = new InputLine(text.ToArray(), _number, _offset, _offset + text.Length + lineEnd);
        _pipe.AdvanceTo(next);
        _number++;
        _offset = line.End;
        return line;
    }
}

/// <summary>A line of the input breaks a rule. The message is for operators.</summary>
public sealed class ImportException(long line, string rule) : Exception($"line {line}: {rule}")
{
    /// <summary>The line, from 1.</summary>
    public long Line { get; } = line;
}
