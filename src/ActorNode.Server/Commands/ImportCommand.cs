using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Server.Transfer;

namespace ActorNode.Server.Commands;

/// <summary><c>messages import</c>: sends a file of messages to a running node, and goes on where an earlier import of it stopped.</summary>
internal static class ImportCommand
{
    public static Command Create(CommandContext context)
    {
        var input = new Argument<string>("FILE") { Description = "Lines of JSON {\"account\", \"id\", \"body\"}, the body in base64; - is standard input." };
        var parallel = new Option<int>("--parallel")
        {
            Description = "Requests under way at once, 1 to 64.",
            HelpName = "N",
            DefaultValueFactory = _ => 4,
            CustomParser = result => OptionValue.Of(result, "a whole number from 1 to 64", text => SettingType.Int.Parse(text) is int and >= 1 and <= 64 and var n ? n : (int?)null),
        };
        var restart = new Option<bool>("--restart") { Description = "Start over, although an earlier import of the file stopped half-way. Stored messages are not stored twice." };
        var client = new ClientCommandOptions();
        var command = new Command("import", "Send a file of messages to a running node.") { input, parallel, restart };
        client.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(
            new Import(parsed.GetRequiredValue(input), parsed.GetValue(parallel), parsed.GetValue(restart), client.Json(parsed)),
            () => client.Client(parsed),
            context));
        return command;
    }

    private static async Task<int> RunAsync(Import import, Func<ClientOptions> options, CommandContext context)
    {
        try
        {
            var client = options();
            if (import.IsStandardInput)
            {
                await using var lines = context.OpenInput();
                return await RunAsync(import, client, lines, length: null, default, context);
            }

            await using var file = OpenFile(import.Input);
            var state = import.Restart ? null : await LoadStateAsync(import.Input, client, context.Stop);
            var start = state is null ? new InputPlace(0, 1) : new InputPlace(state.Offset, state.Line);
            file.Position = start.Offset;
            return await RunAsync(import, client, file, file.Length, start, context);
        }
        catch (UsageException wrong)
        {
            await context.Error.WriteLineAsync(wrong.Message);
            return ExitCode.Usage;
        }
    }

    private static async Task<int> RunAsync(Import import, ClientOptions options, Stream lines, long? length, InputPlace start, CommandContext context)
    {
        if (length is null)
            start = new InputPlace(0, 1);
        else if (start.Line > 1)
            await context.Error.WriteLineAsync($"an earlier import stopped at line {start.Line}; going on there (--restart starts over)");
        var counters = new ImportCounters();
        var watermark = new Watermark(start);
        var began = Stopwatch.GetTimestamp();
        var trouble = "";
        using var client = new NodeClient(options, TimeProvider.System) { OnRetry = problem => trouble = $"; {problem}; trying again" };
        var importer = new Importer(client, new ImportOptions { Parallel = import.Parallel }, counters, watermark);
        var failure = "";
        try
        {
            var work = length is null
                ? importer.RunAsync(lines, start, context.Stop)
                : new ImportCheckpoints(import.Input, options.Url.ToString(), watermark, TimeProvider.System, context.Error)
                    .KeepAsync(token => importer.RunAsync(lines, start, token), context.Stop);
            await ProgressDisplay.ShowAsync(
                work,
                () => new WorkProgress(counters.Bytes, length, $"{counters.Lines:N0} messages{Interlocked.Exchange(ref trouble, "")}"),
                context);
        }
        catch (NodeClientException refused)
        {
            failure = refused.Message;
        }
        catch (IOException unreadable)
        {
            failure = $"{import.Input} cannot be read: {unreadable.Message}";
        }
        catch (OperationCanceledException) when (context.Stop.IsCancellationRequested)
        {
            failure = "interrupted";
        }

        await ReportAsync(import, counters, start, failure, Stopwatch.GetElapsedTime(began), context);
        return failure.Length == 0 && counters.Failed == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<ImportState?> LoadStateAsync(string input, ClientOptions client, CancellationToken cancellationToken)
    {
        try
        {
            return await ImportState.LoadAsync(input, client.Url.ToString(), cancellationToken);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{ImportState.PathOf(input)}: cannot be read: {unreadable.Message} (--restart does without it)");
        }
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: cannot be read: {unreadable.Message}");
        }
    }

    private static async Task ReportAsync(Import import, ImportCounters counters, InputPlace start, string failure, TimeSpan took, CommandContext context)
    {
        var errors = failure.Length == 0 ? counters.Errors : [.. counters.Errors, failure];
        if (import.Json)
        {
            await context.Output.WriteLineAsync(JsonOutput.Of(new JsonObject
            {
                ["written"] = counters.Written,
                ["duplicates"] = counters.Duplicates,
                ["failed"] = counters.Failed,
                ["complete"] = failure.Length == 0 && counters.Failed == 0,
                ["firstLine"] = start.Line,
                ["seconds"] = Math.Round(took.TotalSeconds, 3),
                ["errors"] = new JsonArray([.. errors.Select(e => (JsonNode)JsonValue.Create(e))]),
            }));
            return;
        }

        foreach (var error in errors)
            await context.Error.WriteLineAsync(error);
        if (counters.Failed > ImportCounters.MaxErrors)
            await context.Error.WriteLineAsync($"... and {counters.Failed - ImportCounters.MaxErrors:N0} more");
        var rate = counters.Lines / Math.Max(took.TotalSeconds, 0.001);
        await context.Output.WriteLineAsync(
            $"{counters.Written:N0} written, {counters.Duplicates:N0} duplicates, {counters.Failed:N0} failed in {took.TotalSeconds:N1} s ({rate:N0} messages/s)");
        if (!import.IsStandardInput && File.Exists(ImportState.PathOf(import.Input)))
            await context.Error.WriteLineAsync("not complete: the same command goes on where this one stopped");
    }

    private sealed record Import(string Input, int Parallel, bool Restart, bool Json)
    {
        public bool IsStandardInput => Input == "-";
    }
}
