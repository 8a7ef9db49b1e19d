using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using ActorNode.Protocol.Messages;
using ActorNode.Server.Http.Batch;

namespace ActorNode.Server.Transfer;

/// <summary>How an import is cut into requests.</summary>
internal sealed record ImportOptions
{
    /// <summary>Requests under way at once.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>Lines of one request, at most.</summary>
    public int ChunkLines { get; init; } = 1_000;

    /// <summary>Bytes of one request, about.</summary>
    public int ChunkBytes { get; init; } = 1024 * 1024;

    /// <summary>The longest line.</summary>
    public int MaxLine { get; init; } = 64 * 1024 * 1024;
}

/// <summary>What an import has done so far. Read by others while it runs.</summary>
internal sealed class ImportCounters
{
    private readonly List<string> _errors = [];
    private long _bytes;
    private long _lines;
    private long _written;
    private long _duplicates;
    private long _failed;

    /// <summary>Bytes of the input that were read.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Lines that the node answered for.</summary>
    public long Lines => Interlocked.Read(ref _lines);

    /// <summary>Messages stored.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Messages that the node had already.</summary>
    public long Duplicates => Interlocked.Read(ref _duplicates);

    /// <summary>Messages that the node refused, and the line that ended the reading.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>What went wrong, the first <see cref="MaxErrors"/> of it.</summary>
    public ImmutableArray<string> Errors
    {
        get
        {
            lock (_errors)
                return [.. _errors];
        }
    }

    /// <summary>More errors than this are only counted.</summary>
    public const int MaxErrors = 20;

    public void Read(long bytes) => Interlocked.Exchange(ref _bytes, bytes);

    public void Done(long lines, long written, long duplicates)
    {
        Interlocked.Add(ref _lines, lines);
        Interlocked.Add(ref _written, written);
        Interlocked.Add(ref _duplicates, duplicates);
    }

    public void Fail(long lines, string error)
    {
        Interlocked.Add(ref _failed, lines);
        lock (_errors)
        {
            if (_errors.Count < MaxErrors)
                _errors.Add(error);
        }
    }
}

/// <summary>
/// Sends lines to a node. All lines of an account take the same lane, and a lane has one request under way, so each account's order is
/// kept while accounts proceed in parallel. A line that breaks a rule ends the reading; what stands before it is still sent.
/// </summary>
internal sealed class Importer(NodeClient client, ImportOptions options, ImportCounters counters, Watermark watermark)
{
    private static readonly BatchLimits NoLimits = new(int.MaxValue, long.MaxValue, int.MaxValue);
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly Lane[] _lanes = [.. Enumerable.Range(0, options.Parallel).Select(_ => new Lane())];

    /// <summary>Imports from a place on. Complete when every line before the end, or before the first bad line, has its answer.</summary>
    public async Task RunAsync(Stream input, InputPlace start, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var senders = _lanes.Select(lane => SendLaneAsync(lane, failed)).ToArray();
        try
        {
            await ReadAsync(input, start, failed.Token);
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // A lane failed; its exception comes from the senders.
        }
        finally
        {
            foreach (var lane in _lanes)
                lane.Chunks.Writer.TryComplete();
        }

        await Task.WhenAll(senders);
    }

    private async Task ReadAsync(Stream input, InputPlace start, CancellationToken cancellationToken)
    {
        var reader = new LineReader(input, start.Line, start.Offset, options.MaxLine);
        try
        {
            while (await reader.ReadAsync(cancellationToken) is { } line)
            {
                if (Parse(line) is { } message)
                    await AddAsync(message, cancellationToken);
                watermark.Read(new InputPlace(line.End, line.Number + 1));
                counters.Read(line.End);
            }
        }
        catch (ImportException bad)
        {
            counters.Fail(1, bad.Message);
        }

        foreach (var lane in _lanes)
            await FlushAsync(lane, cancellationToken);
    }

    private static ImportLine? Parse(InputLine line)
    {
        var text = line is { Offset: 0 } && line.Text.Span.StartsWith(ByteOrderMark) ? line.Text[ByteOrderMark.Length..] : line.Text;
        if (!text.Span.ContainsAnyExcept(" \t\r"u8))
            return null;
        if (BatchParser.ParseLines(text.Span, NoLimits, out var batch) is { } error)
            throw new ImportException(line.Number, $"{error.Field} {error.Rule}");
        return new ImportLine(batch[0].AccountId, text, new InputPlace(line.Offset, line.Number));
    }

    private async ValueTask AddAsync(ImportLine line, CancellationToken cancellationToken)
    {
        var lane = _lanes[(uint)line.Account.Value.GetHashCode(StringComparison.Ordinal) % _lanes.Length];
        if (lane.Pending.Count == 0)
            watermark.Open(line.Place);
        lane.Pending.Add(line);
        lane.PendingBytes += line.Text.Length;
        if (lane.PendingBytes < options.ChunkBytes && lane.Pending.Count < options.ChunkLines)
            return;
        await FlushAsync(lane, cancellationToken);

        // A lane with little to do must not hold back the mark, from which an interrupted import goes on.
        var oldest = line.Place.Offset - 4L * options.ChunkBytes * _lanes.Length;
        foreach (var slow in _lanes.Where(l => l.Pending.Count > 0 && l.Pending[0].Place.Offset < oldest))
            await FlushAsync(slow, cancellationToken);
    }

    private async ValueTask FlushAsync(Lane lane, CancellationToken cancellationToken)
    {
        if (lane.TryFlush())
            return;

        // The reading waits for this lane, so the others must not wait for more lines.
        foreach (var other in _lanes)
            other.TryFlush();
        while (!lane.TryFlush())
            await lane.Chunks.Writer.WaitToWriteAsync(cancellationToken);
    }

    private async Task SendLaneAsync(Lane lane, CancellationTokenSource failed)
    {
        try
        {
            await foreach (var chunk in lane.Chunks.Reader.ReadAllAsync(failed.Token))
            {
                if (await SendAsync(chunk, failed.Token))
                    watermark.Close(chunk[0].Place);
            }
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
    }

    /// <summary>Sends lines until each is stored or refused for good. False when some were refused.</summary>
    private async Task<bool> SendAsync(IReadOnlyList<ImportLine> lines, CancellationToken cancellationToken)
    {
        var complete = true;
        for (var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5)); ;)
        {
            var body = ImportLine.Body(lines);
            var response = await client.SendAsync(() => Request(body), cancellationToken);
            if (response.Status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge)
                return await RefusedAsync(lines, response.Detail, cancellationToken) && complete;
            if (response.Status is not (HttpStatusCode.OK or HttpStatusCode.MultiStatus))
                throw new NodeClientException($"the node answered {(int)response.Status}: {response.Detail}");

            var outcomes = AccountOutcome.Read(response.Body);
            var again = new List<ImportLine>();
            TimeSpan? wait = null;
            var problem = "";
            foreach (var account in lines.GroupBy(line => line.Account))
            {
                var own = account.ToArray();
                var outcome = outcomes.GetValueOrDefault(account.Key.Value)
                    ?? throw new NodeClientException($"the node's answer lacks account '{account.Key}'");
                if (outcome.Error is null)
                    counters.Done(own.Length, outcome.Written, outcome.Duplicates);
                else if (outcome.IsFinal)
                    complete &= await RefusedAsync(own, $"account '{account.Key}': {outcome.Error}", cancellationToken);
                else
                {
                    again.AddRange(own);
                    problem = $"account '{account.Key}': {outcome.Error}";
                    wait = outcome.RetryAfter > wait || wait is null ? outcome.RetryAfter : wait;
                }
            }

            if (again.Count == 0)
                return complete;
            lines = again;
            await client.WaitAsync(backoff.Next(wait), problem, cancellationToken);
        }
    }

    /// <summary>Finds the lines that are at fault by sending halves; the others are stored.</summary>
    private async Task<bool> RefusedAsync(IReadOnlyList<ImportLine> lines, string reason, CancellationToken cancellationToken)
    {
        if (lines.Count == 1)
        {
            counters.Fail(1, $"line {lines[0].Place.Line}: {reason}");
            return false;
        }

        var half = lines.Count / 2;
        var first = await SendAsync([.. lines.Take(half)], cancellationToken);
        return await SendAsync([.. lines.Skip(half)], cancellationToken) && first;
    }

    private static HttpRequestMessage Request(byte[] body) => new(HttpMethod.Post, "/v1/messages")
    {
        Content = new ByteArrayContent(body) { Headers = { { "Content-Type", "application/x-ndjson" } } },
    };

    /// <summary>Written by the reader only, apart from the channel.</summary>
    private sealed class Lane
    {
        public readonly Channel<List<ImportLine>> Chunks = Channel.CreateBounded<List<ImportLine>>(
            new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });

        public List<ImportLine> Pending = [];

        public long PendingBytes;

        /// <summary>Hands what is pending to the sender. False when that has enough to do.</summary>
        public bool TryFlush()
        {
            if (Pending.Count == 0)
                return true;
            if (!Chunks.Writer.TryWrite(Pending))
                return false;
            Pending = [];
            PendingBytes = 0;
            return true;
        }
    }
}

/// <summary>A line to send.</summary>
internal readonly record struct ImportLine(AccountId Account, ReadOnlyMemory<byte> Text, InputPlace Place)
{
    /// <summary>The lines as a request body.</summary>
    public static byte[] Body(IReadOnlyList<ImportLine> lines)
    {
        var body = new byte[lines.Sum(line => line.Text.Length + 1)];
        var at = 0;
        foreach (var line in lines)
        {
            line.Text.Span.CopyTo(body.AsSpan(at));
            at += line.Text.Length;
            body[at++] = (byte)'\n';
        }

        return body;
    }
}
