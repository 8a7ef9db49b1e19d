using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using ActorNode.Server.Transfer;

namespace ActorNode.Server.Commands;

/// <summary><c>messages export</c>: writes a running node's messages as lines that <c>messages import</c> takes.</summary>
internal static class ExportCommand
{
    public static Command Create(CommandContext context)
    {
        var account = new Option<string?>("--account") { Description = "This account only.", HelpName = "ACCOUNT" };
        var output = new Option<string?>("--output") { Description = "The file to write; it appears when it is complete. Without it the messages go to standard output.", HelpName = "FILE" };
        var client = new ClientCommandOptions();
        var command = new Command("export", "Write the messages of a running node as lines of JSON {\"account\", \"id\", \"body\"}.") { account, output };
        client.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(account), parsed.GetValue(output), client.Json(parsed), () => client.Client(parsed), context));
        return command;
    }

    private static async Task<int> RunAsync(string? account, string? path, bool json, Func<ClientOptions> options, CommandContext context)
    {
        var counters = new ExportCounters();
        var began = Stopwatch.GetTimestamp();
        var failure = "";
        try
        {
            using var client = new NodeClient(options(), TimeProvider.System);
            var exporter = new Exporter(client, counters);
            var work = path is null
                ? ToStandardOutputAsync(exporter, account, context)
                : ToFileAsync(exporter, account, path, context.Stop);
            await ProgressDisplay.ShowAsync(
                work, () => new WorkProgress(counters.Accounts, null, $"{counters.Messages:N0} messages of {counters.Accounts:N0} accounts"), context);
        }
        catch (UsageException wrong)
        {
            await context.Error.WriteLineAsync(wrong.Message);
            return ExitCode.Usage;
        }
        catch (NodeClientException refused)
        {
            failure = refused.Message;
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            failure = $"{path ?? "standard output"} cannot be written: {unwritable.Message}";
        }
        catch (OperationCanceledException) when (context.Stop.IsCancellationRequested)
        {
            failure = "interrupted";
        }

        await ReportAsync(counters, failure, Stopwatch.GetElapsedTime(began), json, context.Error);
        return failure.Length == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task ToStandardOutputAsync(Exporter exporter, string? account, CommandContext context)
    {
        await using var output = new BufferedStream(context.OpenOutput(), 256 * 1024);
        await exporter.RunAsync(output, account, context.Stop);
        await output.FlushAsync(context.Stop);
    }

    private static async Task ToFileAsync(Exporter exporter, string? account, string path, CancellationToken cancellationToken)
    {
        var part = path + ".part";
        try
        {
            await using (var file = File.Create(part))
            {
                await exporter.RunAsync(file, account, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    /// <summary>Standard output belongs to the messages, so the summary is on standard error.</summary>
    private static async Task ReportAsync(ExportCounters counters, string failure, TimeSpan took, bool json, TextWriter error)
    {
        if (json)
        {
            await error.WriteLineAsync(JsonOutput.Of(new JsonObject
            {
                ["messages"] = counters.Messages,
                ["accounts"] = counters.Accounts,
                ["removedMeanwhile"] = counters.Removed,
                ["complete"] = failure.Length == 0,
                ["seconds"] = Math.Round(took.TotalSeconds, 3),
                ["error"] = failure.Length == 0 ? null : failure,
            }));
            return;
        }

        if (failure.Length > 0)
            await error.WriteLineAsync(failure);
        if (counters.Removed > 0)
            await error.WriteLineAsync($"retention removed {counters.Removed:N0} messages before the export came to them");
        await error.WriteLineAsync($"{counters.Messages:N0} messages of {counters.Accounts:N0} accounts in {took.TotalSeconds:N1} s");
    }
}
