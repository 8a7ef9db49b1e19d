using ActorNode.Jobs;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorNode.Benchmarks.Jobs;

/// <summary>A node whose jobs are measured, on a database of its own.</summary>
internal sealed class JobsNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly IHost _host;

    private JobsNode(IHost host, INodeStore store)
    {
        _host = host;
        Store = store;
        System = host.Services.GetRequiredService<ActorSystem>();
        Region = host.Services.GetRequiredService<ActorRegistry>().Get<JobsRegion>();
    }

    public INodeStore Store { get; }

    public ActorSystem System { get; }

    /// <summary>Takes what is for jobs.</summary>
    public IActorRef Region { get; }

    public static async Task<JobsNode> StartAsync(StorageSettings storage, TimeSpan? passivateAfter = null)
    {
        var store = await NodeStore.OpenAsync(storage, default);
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.None))
            .ConfigureServices(services => services.AddAkka("bench", builder => builder
                .AddHocon("akka.loglevel = OFF", HoconAddMode.Prepend)
                .WithActorNode(
                    store,
                    storage,
                    new ActorNode.Messages.MessagesSettings(),
                    jobs: new JobsPorts([]),
                    jobsSettings: new JobsSettings { PassivateAfter = passivateAfter ?? TimeSpan.FromHours(1) })))
            .Build();
        await host.StartAsync();
        return new JobsNode(host, store);
    }

    /// <summary>A job of three tasks that do nothing.</summary>
    public static JobSpec Spec(Initiator initiator) => new(
        JobId.New(), DateTimeOffset.UtcNow, [initiator], [.. Enumerable.Range(1, 3).Select(id => new TaskSpec(id, "noop", JobData.Empty))]);

    /// <summary>Creates such jobs.</summary>
    public async Task<JobSpec[]> CreateAsync(int count, Initiator initiator)
    {
        var jobs = Enumerable.Range(0, count).Select(_ => Spec(initiator)).ToArray();
        foreach (var some in jobs.Chunk(500))
        {
            foreach (var reply in await Task.WhenAll(some.Select(job => Region.Ask<object>(new JobCommands.Create(job), Patience))))
            {
                if (reply is not JobReplies.Created)
                    throw new InvalidOperationException($"a job was answered with {reply}");
            }
        }

        return jobs;
    }

    /// <summary>Waits until no listed run is unfinished.</summary>
    public async Task ListedAsync()
    {
        while (!(await Store.Jobs.RunsInAsync([RunStatus.InProgress], null, 1, default)).IsEmpty)
            await Task.Delay(1);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
