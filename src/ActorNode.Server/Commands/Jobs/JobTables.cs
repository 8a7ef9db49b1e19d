using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorNode.Server.Commands.Jobs;

/// <summary>Jobs, runs, bridges and agreements as tables.</summary>
internal static class JobTables
{
    /// <summary>As wide as an Ethereum word.</summary>
    private const int WidestInList = 66;

    private static readonly string[] JobColumns = ["ID", "Created At", "Initiators", "Tasks"];
    private static readonly string[] RunColumns = ["ID", "Status", "Created", "Completed", "Result", "Error"];
    private static readonly string[] BridgeColumns = ["Name", "URL", "Confirmations"];

    public static string Jobs(JsonObject answer) => List(answer, JobColumns, JobRow);

    public static string Runs(JsonObject answer) => List(answer, RunColumns, RunRow);

    public static string Bridges(JsonObject answer) => List(answer, BridgeColumns, BridgeRow);

    public static string Job(JsonObject answer)
    {
        var job = Attributes(answer["data"]);
        return Blocks(
            TextTable.Of(JobColumns, [JobRow(job)]),
            Fields(job, "name", "startAt", "endAt", "minPayment", "ordered", "maxConcurrentRuns", "maxRunDuration"),
            TextTable.Of(["Initiator", "Params"], Items(job["initiators"]).Select(each => (string[])[Cell(each["type"]), Cell(each["params"])])),
            TextTable.Of(
                ["Task", "Confirmations", "Params", "Tries"],
                Items(job["tasks"]).Select(each => (string[])[Cell(each["type"]), Cell(each["confirmations"]), Cell(each["params"]), Tries(each)])));
    }

    public static string Run(JsonObject answer)
    {
        var run = Attributes(answer["data"]);
        return Blocks(
            TextTable.Of(RunColumns, [RunRow(run)]),
            TextTable.Of(
                ["Task", "Status", "Result", "Error"],
                Items(run["taskRuns"]).Select(each => (string[])[Cell(each["task"]?["type"]), Cell(each["status"]), ResultOf(each), Cell(each["result"]?["error"])])));
    }

    /// <summary>The failed runs of a job.</summary>
    public static string Errors(JsonObject answer) => TextTable.Of(
        ["Run", "Finished", "Task", "Error"],
        Items(answer["data"]).Select(each => Attributes(each)).Select(each => (string[])[Cell(each["runId"]), Cell(each["finishedAt"]), Cell(each["task"]), Cell(each["error"])]));

    /// <summary>The next times of a job.</summary>
    public static string Next(JsonObject answer) => TextTable.Of(
        ["Next", "Initiator"],
        Items(Attributes(answer["data"])["times"]).Select(each => (string[])[Cell(each["at"]), Cell(each["initiator"])]));

    public static string Bridge(JsonObject answer) => TextTable.Of(BridgeColumns, [BridgeRow(Attributes(answer["data"]))]);

    /// <summary>With its tokens: the incoming one is shown by the node this once.</summary>
    public static string NewBridge(JsonObject answer) => Blocks(Bridge(answer), Secrets(answer, ("incomingToken", "Incoming token"), ("outgoingToken", "Outgoing token")));

    /// <summary>With its secrets, which the node shows this once.</summary>
    public static string NewInitiator(JsonObject answer) => Secrets(
        answer, ("name", "Name"), ("url", "URL"), ("AccessKey", "Access key"), ("Secret", "Secret"), ("outgoingToken", "Outgoing token"), ("outgoingSecret", "Outgoing secret"));

    public static string Agreement(JsonObject answer)
    {
        var agreement = Attributes(answer["data"]);
        var encumbrance = agreement["encumbrance"]!.AsObject();
        return Blocks(
            TextTable.Of(
                ["ID", "Created At", "Payment", "Expiration", "Ends", "Job"],
                [[Cell(agreement["id"]), Cell(agreement["createdAt"]), Cell(encumbrance["payment"]), Cell(encumbrance["expiration"]), Cell(encumbrance["endAt"]), Cell(agreement["jobSpecId"])]]),
            Fields(agreement, "signature", "requestBody"));
    }

    private static string[] JobRow(JsonObject job) =>
    [
        Cell(job["id"]),
        Cell(job["createdAt"]),
        string.Join(", ", Items(job["initiators"]).Select(each => Cell(each["type"]))),
        string.Join(", ", Items(job["tasks"]).Select(each => Cell(each["type"]))),
    ];

    private static string[] RunRow(JsonObject run) =>
        [Cell(run["id"]), Cell(run["status"]), Cell(run["createdAt"]), Cell(run["finishedAt"]), ResultOf(run), Cell(run["result"]?["error"])];

    private static string[] BridgeRow(JsonObject bridge) => [Cell(bridge["name"]), Cell(bridge["url"]), Cell(bridge["confirmations"])];

    private static string ResultOf(JsonNode runOrTask) => Cell(runOrTask["result"]?["data"]?["result"]);

    private static string Tries(JsonNode task) => task["attempts"] is { } attempts ? Cell(attempts) : "1";

    private static string List(JsonObject answer, string[] columns, Func<JsonObject, string[]> row)
    {
        var items = Items(answer["data"]).ToArray();
        var count = (long?)answer["meta"]?["count"] ?? items.Length;
        return Blocks(
            TextTable.Of(columns, items.Select(item => row(Attributes(item))), WidestInList),
            items.Length == count ? "" : string.Create(CultureInfo.InvariantCulture, $"{items.Length} of {count}{(answer["links"]?["next"] is null ? "" : "; more by --page")}"));
    }

    /// <summary>Members that are there, one a line.</summary>
    private static string Fields(JsonObject of, params string[] names) =>
        Lines(names.Where(name => of[name] is not null).Select(name => $"{name}: {Cell(of[name])}"));

    private static string Secrets(JsonObject answer, params (string Member, string Words)[] shown)
    {
        var attributes = Attributes(answer["data"]);
        return Lines([.. shown.Where(each => attributes[each.Member] is not null).Select(each => $"{each.Words}: {Cell(attributes[each.Member])}"), "Keep what is secret of this: it is not shown again."]);
    }

    private static string Lines(IEnumerable<string> lines) => string.Join(Environment.NewLine, lines.Select(TextTable.Printable));

    private static string Blocks(params string[] blocks) => string.Join(Environment.NewLine + Environment.NewLine, blocks.Where(block => block.Length > 0));

    private static JsonObject Attributes(JsonNode? resource) => resource!["attributes"]!.AsObject();

    private static IEnumerable<JsonNode> Items(JsonNode? list) => list?.AsArray().OfType<JsonNode>() ?? [];

    /// <summary>A text as it is, anything else as JSON, null as nothing.</summary>
    private static string Cell(JsonNode? value) => value switch
    {
        null => "",
        JsonValue text when text.GetValueKind() == JsonValueKind.String => (string)text!,
        _ => value.ToJsonString(JsonOutput.OneLine),
    };
}
