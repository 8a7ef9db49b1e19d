using System.Numerics;
using ActorNode.Jobs;
using ActorNode.Jobs.Adapters;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Jobs.Adapters;

public sealed class CoreAdaptersSpec
{
    private const string Data = """{"a":1,"result":"x"}""";

    [Fact(DisplayName = "A node has the adapters of the original that need no chain; they cost nothing and wait for the blocks of the settings")]
    public void Has_all()
    {
        using var calls = new HttpCalls(new JobsHttpSettings());

        var all = CoreAdapters.All(new JobsSettings { MinIncomingConfirmations = 7 }, calls, TimeProvider.System);

        Assert.Equal(
            ["compare", "copy", "httpget", "httppost", "jsonparse", "multiply", "noop", "nooppend", "quotient", "random", "sleep", "wasm"],
            all.Select(adapter => adapter.Name).Order(StringComparer.Ordinal));
        Assert.All(all, adapter => Assert.Equal((7u, Juels.Zero), (adapter.MinimumConfirmations, adapter.MinimumPayment)));
        Assert.Equal(all.Length, new AdapterCatalog(all).Find("noop") is null ? 0 : all.Length);
    }

    [Fact(DisplayName = "Noop completes with the data as they are")]
    public async Task Noop() => Assert.Equal(Data, await Tasks.DataAsync("noop", "{}", Data));

    [Fact(DisplayName = "Nooppend waits for blocks, for ever")]
    public async Task Nooppend()
    {
        var outcome = await Tasks.PerformAsync("nooppend", "{}", Data);

        Assert.Equal((RunStatus.PendingConfirmations, JobData.Parse(Data)), (outcome.Status, outcome.Data));
    }

    [Fact(DisplayName = "Random completes with a decimal string of up to 256 bits, another one each time")]
    public async Task Random()
    {
        var seen = new HashSet<BigInteger>();
        for (var i = 0; i < 100; i++)
        {
            var outcome = await Tasks.PerformAsync("random", "{}", Data);
            Assert.Equal((RunStatus.Completed, 1), (outcome.Status, outcome.Data.Find("a").GetInt32()));
            var number = BigInteger.Parse(outcome.Data.Result.GetString()!, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(number < BigInteger.One << 256);
            Assert.True(seen.Add(number));
        }

        // One of a hundred such numbers has its highest bit, but for a chance of 2^-100.
        Assert.Contains(seen, number => number >> 255 == 1);
    }

    [Fact(DisplayName = "Wasm is refused as in an original without SGX")]
    public async Task Wasm() => Assert.Equal("Wasm is not supported without SGX", await Tasks.ErrorAsync("wasm", """{"wasmt":"AGFzbQ=="}""", Data));

    [Fact(DisplayName = "Sleep waits until its time, and for one that has come not at all")]
    public async Task Sleep()
    {
        var clock = new ManualTime();
        var until = Some.Time.AddSeconds(10);
        var parameters = $"{{\"until\":{until.ToUnixTimeSeconds()}}}";

        var waiting = await Tasks.PerformAsync("sleep", parameters, Data, clock);
        clock.Advance(TimeSpan.FromSeconds(10));
        var woken = await Tasks.PerformAsync("sleep", parameters, Data, clock);

        Assert.Equal((RunStatus.PendingSleep, JobData.Parse(Data), until), (waiting.Status, waiting.Data, waiting.Until));
        Assert.Equal((RunStatus.Completed, JobData.Parse(Data)), (woken.Status, woken.Data));
    }

    [Theory(DisplayName = "Sleep without a time does not wait")]
    [InlineData("{}")]
    [InlineData("""{"until":null}""")]
    [InlineData("""{"until":""}""")]
    public async Task Sleep_without_time(string parameters) => Assert.Equal(Data, await Tasks.DataAsync("sleep", parameters, Data));

    [Fact(DisplayName = "Sleep until what is no time is an error")]
    public async Task Sleep_until_nonsense() =>
        Assert.StartsWith("until: ", await Tasks.ErrorAsync("sleep", """{"until":"1000h"}""", Data), StringComparison.Ordinal);

    [Theory(DisplayName = "A value as text: numbers in plain decimals, what is missing empty")]
    [InlineData("\"a\"", "a")]
    [InlineData("1.68e+4", "16800")]
    [InlineData("16800.00", "16800")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("null", "")]
    [InlineData("[1,2]", "[1,2]")]
    [InlineData("1e30", "1000000000000000000000000000000")]
    public void Values_as_text(string json, string expected) =>
        Assert.Equal(expected, ResultText.Of(JobData.Parse($"{{\"result\":{json}}}").Result));
}
