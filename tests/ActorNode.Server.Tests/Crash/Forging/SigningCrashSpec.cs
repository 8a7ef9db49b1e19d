using System.Globalization;
using ActorNode.Server.Tests.Support;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.Server.Tests.Crash.Forging;

/// <summary>
/// kill -9 of the real process while 50 keys sign under load, then a restart on the same data. A signer in another process knows all that it
/// was ever asked for. 5 rounds at least, and one for each step; CRASH_ROUNDS=100 for the campaign.
/// </summary>
public sealed class SigningCrashSpec : IDisposable
{
    private const int Keys = 50;

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("CRASH_ROUNDS") ?? "5", CultureInfo.InvariantCulture);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ITestOutputHelper _output;
    private readonly string _data = Directory.CreateTempSubdirectory("actornode-signing-crash-").FullName;
    private readonly List<SigningKey> _keys = [.. Enumerable.Range(0, Keys).Select(i => new SigningKey(
        SecretKey.Generate(i % 10 == 0 ? KeyType.Secp256k1 : i % 10 == 1 ? KeyType.P256 : KeyType.Ed25519), Network.Mavryk))];

    private readonly Dictionary<string, int> _kills = [];
    private SignerWitness _witness = null!;
    private ForgeLoad _load = null!;

    public SigningCrashSpec(ITestOutputHelper output) => _output = output;

    public void Dispose()
    {
        foreach (var key in _keys)
            key.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact(DisplayName = "kill -9 between any two steps of signing: no key is ever asked for two payloads of one level and round, nor for one below its mark")]
    public Task Survives_kill_9_at_every_step() => RunAsync(
        Math.Max(Rounds, KillStep.All.Length), round => (KillStep.All[round % KillStep.All.Length], null), []);

    [Fact(DisplayName = "The same with a signer that hangs, one that lies and one that dies in the middle of a call")]
    public Task Survives_kill_9_with_bad_signers() => RunAsync(
        Math.Max(Rounds, SignerFault.All.Length),
        round => (KillStep.AnyMoment, SignerFault.All[round % SignerFault.All.Length]),
        new()
        {
            // A hanging call outlives the first and ends at the second: the key is quarantined in between.
            ["ACTORNODE__FORGING__SIGNING_TIMEOUT"] = "100 ms",
            ["ACTORNODE__FORGING__SIGNERS__REMOTE__TIMEOUT"] = "400 ms",
        });

    private async Task RunAsync(int rounds, Func<int, (KillStep Step, SignerFault? Fault)> plan, Dictionary<string, string> settings)
    {
        await using var witness = _witness = await SignerWitness.StartAsync(_keys);
        _load = new ForgeLoad(_keys, witness.History);
        for (var round = 0; round < rounds; round++)
        {
            var (step, fault) = plan(round);
            await RoundAsync(round, step, fault, settings);
            MustBeSound();
            var name = fault is null ? step.Name : $"{step.Name}, {fault.Name}";
            _kills[name] = _kills.GetValueOrDefault(name) + 1;
        }

        await using var last = await StartAsync(rounds, settings);
        MustBeSound();
        var (calls, signatures, answers) = witness.History.Counts;
        _output.WriteLine(
            $"{rounds} kills, {rounds + 1} starts; {_load.Requests} requests, {_load.Refused} refused by a watermark; {calls} signing calls, {signatures} signatures, {answers} answered and verified");
        foreach (var (name, count) in _kills)
            _output.WriteLine($"  {count,4} kills {name}");
        Assert.True(answers > rounds && _load.Refused > rounds, "too little load to show anything");
    }

    private void MustBeSound()
    {
        var problems = _witness.History.Problems();
        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems.Take(10)));
    }

    private async Task RoundAsync(int round, KillStep step, SignerFault? fault, Dictionary<string, string> settings)
    {
        await using var node = await StartAsync(round, settings);
        using var stop = new CancellationTokenSource();
        using var patience = new CancellationTokenSource(Patience);
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var random = new Random(20261122 + round);
        using var scene = new KillStep.Scene(node, _data, _witness, _load, random, killed.Task, patience.Token);
        _witness.MayOverlap = fault is not null;
        _witness.OnCall = fault is null ? SignerWitness.AnswerAsync : call => fault.OnCall(call, killed.Task);
        var signed = _load.Answered.MoreAsync(1, patience.Token);
        var load = _load.RunAsync(node, round, stop.Token);
        try
        {
            await signed;
            await step.ReachAsync(scene);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Assert.Fail($"round {round}: the node did not come to be {step.Name}: {node.Output}");
        }

        await node.KillAsync();
        killed.SetResult();
        await stop.CancelAsync();
        await load;
    }

    /// <summary>A node that has recovered, with all of its marks where they must be.</summary>
    private async Task<NodeProcess> StartAsync(int life, Dictionary<string, string> settings)
    {
        var environment = _witness.EnvironmentOf(life);
        foreach (var (key, value) in settings)
            environment[key] = value;
        // The first list of its keys may take longer than the signer's calls may: the next is soon.
        environment["ACTORNODE__FORGING__KEY_REFRESH"] = "500 ms";
        var node = NodeProcess.Run(_data, environment);
        try
        {
            await node.ReadyAsync();
            await _load.VerifyAsync(node);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }
}
