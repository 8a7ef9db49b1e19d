using System.Collections.Immutable;
using ActorNode.Server.Tests.Support;
using Microsoft.Data.Sqlite;

namespace ActorNode.Server.Tests.Crash.Forging;

/// <summary>
/// A place between two steps of a duty, and how to bring a node there that knows nothing of it: its signer holds calls, another process holds
/// the lock of its journal. Ends when the node is there.
/// </summary>
internal sealed record KillStep(string Name, Func<KillStep.Scene, Task> ReachAsync)
{
    private const int Several = 10;
    private const int Few = 3;

    public static readonly KillStep AnyMoment = new("at any moment", scene => Task.Delay(scene.Random.Next(0, 600), scene.Patience));

    public static readonly ImmutableArray<KillStep> All =
    [
        AnyMoment,
        new("before a mark is stored", async scene =>
        {
            scene.LockJournal();
            // They are with their keys, whose marks cannot be stored.
            await scene.Load.Accepted.MoreAsync(Several, scene.Patience);
        }),
        new("after the mark, before the signature", async scene =>
        {
            var held = new Milestone();
            scene.Witness.OnCall = call => HoldAsync(call, held, until: scene.Killed);
            await held.MoreAsync(Several, scene.Patience);
        }),
        new("after the signature, before its answer", async scene =>
        {
            var held = new Milestone();
            scene.Witness.OnCall = call =>
            {
                call.Sign();
                return HoldAsync(call, held, until: scene.Killed);
            };
            await held.MoreAsync(Several, scene.Patience);
        }),
        new("with the answer on its way", async scene =>
        {
            var (held, written, stopped) = (new Milestone(), new Milestone(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var ends = written.MoreAsync(Several, scene.Patience);
            scene.Witness.OnCall = async call =>
            {
                var signature = call.Sign();
                await HoldAsync(call, held, stopped.Task);
                await call.AnswerAsync(signature);
                written.Pass();
            };
            await held.MoreAsync(Several, scene.Patience);
            scene.Node.Signal("STOP");
            stopped.SetResult();
            await ends;
        }),
        new("after the answer, before its event is stored", async scene =>
        {
            var (held, locked) = (new Milestone(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            scene.Witness.OnCall = async call =>
            {
                var signature = call.Sign();
                await HoldAsync(call, held, locked.Task);
                await call.AnswerAsync(signature);
            };
            await held.MoreAsync(Several, scene.Patience);
            scene.LockJournal();
            var answered = scene.Load.Answered.MoreAsync(Few, scene.Patience);
            locked.SetResult();
            await answered;
        }),
        new("about when the reply is sent", async scene =>
        {
            var written = new Milestone();
            var ends = written.MoreAsync(scene.Random.Next(1, 50), scene.Patience);
            scene.Witness.OnCall = async call =>
            {
                await call.AnswerAsync(call.Sign());
                written.Pass();
            };
            await ends;
            await Task.Delay(scene.Random.Next(0, 4), scene.Patience);
        }),
    ];

    private static Task HoldAsync(SignerWitness.Call call, Milestone held, Task until)
    {
        held.Pass();
        return call.HoldAsync(until);
    }

    /// <summary>One life of a node under load.</summary>
    internal sealed class Scene(NodeProcess node, string data, SignerWitness witness, ForgeLoad load, Random random, Task killed, CancellationToken patience) : IDisposable
    {
        private SqliteConnection? _lock;

        public NodeProcess Node => node;

        public SignerWitness Witness => witness;

        public ForgeLoad Load => load;

        public Random Random => random;

        /// <summary>Ends after the node has ended.</summary>
        public Task Killed => killed;

        public CancellationToken Patience => patience;

        /// <summary>Nothing more can be stored until the scene is over.</summary>
        public void LockJournal()
        {
            _lock = new SqliteConnection($"Data Source={Path.Combine(data, "journal.db")};Pooling=false");
            _lock.Open();
            using var begin = _lock.CreateCommand();
            // Its connections take turns with the node's: the wait is for a write that is under way.
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.CommandTimeout = 60;
            begin.ExecuteNonQuery();
        }

        public void Dispose() => _lock?.Dispose();
    }
}
