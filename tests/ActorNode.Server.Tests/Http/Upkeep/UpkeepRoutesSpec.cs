using System.Net;
using ActorNode.Messages;
using ActorNode.Protocol.Upkeep;
using ActorNode.Server.Commands;
using ActorNode.Server.Tests.Commands;
using ActorNode.Storage;
using ActorNode.Upkeep;
using Akka.Actor;
using Akka.Hosting;
using Xunit;

namespace ActorNode.Server.Tests.Http.Upkeep;

public sealed class UpkeepRoutesSpec
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly UpkeepStatus Status = new()
    {
        State = UpkeepState.BackingOff,
        Since = Time,
        Restarts = 2,
        LastError = "manager could not be persisted: disk full",
        Passes = 7,
        LastPass = Time,
        Ticks = [new TickStatus("ping", TimeSpan.FromSeconds(10), Time, Time.AddSeconds(10), 5, 1, "broken", TimeSpan.FromMilliseconds(1.5))],
        Persistence = [new PersistenceStatus("manager", true, 9, 8, true, Time, 1234, 3, 2, Time, "disk full")],
        Events = new EventPumpStatus { Handled = 4, Parked = [new ParkedEvent("a/b", "PaymentClaimed", Time, 20, "no")] },
        Backups = [new BackupStatus("second", false, 3, Time, 1, null)],
    };

    [Fact(DisplayName = "GET /v1/upkeep shows state, ticks, persistence, events with what is parked, and backups")]
    public async Task Shows_the_status()
    {
        await using var node = await StartAsync();
        var (response, json) = await node.GetAsync("/v1/upkeep");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("backing-off", 2, 7), (json["state"]!.GetValue<string>(), json["restarts"]!.GetValue<int>(), json["passes"]!.GetValue<int>()));
        Assert.Equal(("ping", 10.0, 0.0015), (json["ticks"]![0]!["name"]!.GetValue<string>(), json["ticks"]![0]!["intervalSeconds"]!.GetValue<double>(), json["ticks"]![0]!["lastDurationSeconds"]!.GetValue<double>()));
        Assert.Equal((9, 8, "disk full"), (json["persistence"]![0]!["version"]!.GetValue<int>(), json["persistence"]![0]!["persistedVersion"]!.GetValue<int>(), json["persistence"]![0]!["lastError"]!.GetValue<string>()));
        Assert.Equal("a/b", json["events"]!["parked"]![0]!["id"]!.GetValue<string>());
        Assert.Equal(3, json["backups"]![0]!["pendingKeys"]!.GetValue<int>());
        Assert.Null(json["lastResumed"]);
    }

    [Fact(DisplayName = "A parked event is tried again or dropped by its id, whatever characters that has; a refusal is 409 with its reason")]
    public async Task Decides_on_parked_events()
    {
        await using var node = await StartAsync();
        Assert.Equal("handled", (await node.SendAsync(HttpMethod.Post, "/v1/upkeep/parked/a%2Fb/retry")).Json["result"]!.GetValue<string>());
        var (_, dropped) = await node.SendAsync(HttpMethod.Delete, "/v1/upkeep/parked/a%2Fb");
        Assert.Equal(("a/b", "dropped"), (dropped["id"]!.GetValue<string>(), dropped["result"]!.GetValue<string>()));
        var problem = await node.ProblemAsync(HttpStatusCode.Conflict, HttpMethod.Delete, "/v1/upkeep/parked/other");
        Assert.Equal("event 'other' is not parked", problem["detail"]!.GetValue<string>());
        await node.ProblemAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/v1/upkeep?x=1");
    }

    [Fact(DisplayName = "A node without channels answers 404: this node has no channel upkeep")]
    public async Task No_upkeep()
    {
        await using var node = await HttpNode.StartAsync(new InMemoryNodeStore());
        var problem = await node.ProblemAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/v1/upkeep");
        Assert.Equal("this node has no channel upkeep", problem["detail"]!.GetValue<string>());
    }

    [Fact(DisplayName = "upkeep status and upkeep parked retry|drop speak to a running node; a refusal ends with 1 and its reason")]
    public async Task Command_line()
    {
        await using var node = await StartAsync();
        string[] url = ["--url", node.Address.ToString()];
        var status = await CommandRun.Of(["upkeep", "status", .. url]);
        Assert.Equal(ExitCode.Ok, status.ExitCode);
        Assert.Contains("upkeep is backing-off", status.Output, StringComparison.Ordinal);
        Assert.Contains("parked: a/b (PaymentClaimed) after 20 attempts: no", status.Output, StringComparison.Ordinal);
        Assert.StartsWith("{", (await CommandRun.Of(["upkeep", "status", "--json", .. url])).Output, StringComparison.Ordinal);
        Assert.Equal("a/b: handled", (await CommandRun.Of(["upkeep", "parked", "retry", "a/b", .. url])).Output.Trim());
        var refused = await CommandRun.Of(["upkeep", "parked", "drop", "other", .. url]);
        Assert.Equal((ExitCode.Failed, "event 'other' is not parked"), (refused.ExitCode, refused.Error.Trim()));
    }

    private static Task<HttpNode> StartAsync() => HttpNode.StartAsync(akka => akka.WithActors((system, registry) =>
    {
        registry.Register<MessageReaderActor>(ActorRefs.Nobody);
        registry.Register<UpkeepActor>(system.ActorOf(Akka.Actor.Props.Create(() => new StandInUpkeep()), "upkeep"));
    }));

    private sealed class StandInUpkeep : ReceiveActor
    {
        public StandInUpkeep()
        {
            Receive<UpkeepQueries.GetUpkeep>(_ => Sender.Tell(Status));
            Receive<UpkeepCommands.RetryParked>(retry => Sender.Tell(Answer(retry.Id, new UpkeepReplies.EventHandled(retry.Id))));
            Receive<UpkeepCommands.DropParked>(drop => Sender.Tell(Answer(drop.Id, new UpkeepReplies.EventDropped(drop.Id))));
        }

        private static object Answer(string id, object reply) => id == "a/b" ? reply : new UpkeepReplies.Refused($"event '{id}' is not parked");
    }
}
