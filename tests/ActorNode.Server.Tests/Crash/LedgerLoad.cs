using System.Net.Http.Json;
using System.Text.Json;
using ActorNode.Server.Tests.Support;

namespace ActorNode.Server.Tests.Crash;

/// <summary>
/// Load over HTTP from several senders, each with accounts of its own, and the proof afterwards: what was acknowledged is there, once, in
/// order, without holes.
/// </summary>
public sealed class LedgerLoad(int accounts, int senders)
{
    private const int PageSize = 1_000;

    private readonly SemaphoreSlim _answered = new(0);
    private readonly Ledger[] _ledgers = [.. Enumerable.Range(0, accounts).Select(i => new Ledger($"account-{i}"))];

    /// <summary>Messages acknowledged so far. Exact while no sender runs.</summary>
    public long Acknowledged => _ledgers.Sum(l => l.Acknowledged);

    /// <summary>Batches without an answer. Exact while no sender runs.</summary>
    public int Pending => _ledgers.Count(l => l.Pending is not null);

    /// <summary>Waits until the node has acknowledged something since the last time.</summary>
    public async Task AnsweredAsync()
    {
        await _answered.WaitAsync();
        while (_answered.Wait(0))
        {
        }
    }

    /// <summary>Runs every sender until it is told to stop or the node is gone.</summary>
    public Task SendAsync(NodeProcess node, int seed, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, senders).Select(s => SendAsync(node, s, new Random((seed * senders) + s), stop)));

    /// <summary>Reads back everything that was not read yet and checks it against what was acknowledged.</summary>
    public async Task VerifyAsync(NodeProcess node)
    {
        foreach (var ledger in _ledgers)
        {
            JsonElement page;
            do
            {
                page = await node.Http.GetFromJsonAsync<JsonElement>($"/v1/messages/{ledger.Account}?after={ledger.After}&limit={PageSize}");
                foreach (var message in page.GetProperty("messages").EnumerateArray())
                    ledger.Read(message.GetProperty("sequence").GetInt64(), message.GetProperty("id").GetString()!);
            }
            while (page.GetProperty("next").ValueKind == JsonValueKind.Number);
            ledger.EndOfAccount();
        }
    }

    /// <summary>Writes batches for this sender's accounts, several accounts in one request. What is refused is sent again.</summary>
    private async Task SendAsync(NodeProcess node, int sender, Random random, CancellationToken stop)
    {
        var mine = _ledgers.Where((_, i) => i % senders == sender).ToArray();
        while (!stop.IsCancellationRequested)
        {
            var chosen = mine.Where(_ => random.Next(2) == 0).DefaultIfEmpty(mine[0]).ToArray();
            var batch = chosen.ToDictionary(l => l.Account, l => Messages(l.Next(random.Next(1, 40))));
            Dictionary<string, JsonElement> answer;
            try
            {
                using var response = await node.Http.PostAsJsonAsync("/v1/messages", batch, stop);
                answer = (await response.Content.ReadFromJsonAsync<Dictionary<string, JsonElement>>(stop))!;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or JsonException)
            {
                // No whole answer: the batches stay pending and are sent again, to this node or its successor.
                return;
            }

            foreach (var ledger in chosen)
                if (answer.TryGetValue(ledger.Account, out var reply) && reply.TryGetProperty("written", out _))
                    ledger.Acknowledge();
            _answered.Release();
        }
    }

    private static object[] Messages((long First, int Count) batch) =>
        [.. Enumerable.Range(0, batch.Count).Select(i => new { id = $"{batch.First + i}", body = "aGVsbG8=" })];
}
