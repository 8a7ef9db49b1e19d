using System.Collections.Concurrent;
using System.Threading.Channels;
using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Tests.Jobs.Support;

/// <summary>An adapter whose every performance the test sees and ends; or which does at once what it is told.</summary>
public sealed class FakeAdapter(string name, Func<TaskInput, TaskOutcome>? does = null) : IAdapterType
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<FakePerformance> _performances = Channel.CreateUnbounded<FakePerformance>();
    private readonly ConcurrentQueue<TaskInput> _asked = new();

    public string Name => name;

    public uint MinimumConfirmations { get; init; }

    public Juels MinimumPayment { get; init; }

    /// <summary>The inputs of all performances, in the order of their beginnings.</summary>
    public IReadOnlyList<TaskInput> Asked => [.. _asked];

    public IAdapter Create(JobData parameters) => parameters.Find("broken").ValueKind == System.Text.Json.JsonValueKind.True
        ? throw new AdapterException("broken parameters")
        : new Adapter(this);

    /// <summary>The next performance that has begun and was not returned by this yet.</summary>
    public async Task<FakePerformance> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _performances.Reader.ReadAsync(patience.Token);
    }

    public bool TryNext(out FakePerformance? performance) => _performances.Reader.TryRead(out performance);

    private sealed class Adapter(FakeAdapter type) : IAdapter
    {
        public ValueTask<TaskOutcome> PerformAsync(TaskInput input, CancellationToken cancellationToken)
        {
            type._asked.Enqueue(input);
            if (type.Does is { } does)
                return new(does(input));
            var performance = new FakePerformance(input, cancellationToken);
            type._performances.Writer.TryWrite(performance);
            return new(performance.Outcome);
        }
    }

    private Func<TaskInput, TaskOutcome>? Does => does;
}

/// <summary>One performance of a task.</summary>
public sealed class FakePerformance(TaskInput input, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<TaskOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskInput Input => input;

    public CancellationToken Cancellation => cancellation;

    public Task<TaskOutcome> Outcome => _outcome.Task;

    public void Complete(string result) => _outcome.TrySetResult(TaskOutcome.Completed(input.Data.WithResult(result)));

    public void End(TaskOutcome outcome) => _outcome.TrySetResult(outcome);

    public void Fail(Exception error) => _outcome.TrySetException(error);
}
