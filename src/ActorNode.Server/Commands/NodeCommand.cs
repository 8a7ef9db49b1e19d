using System.Text.Json.Nodes;
using ActorNode.Server.Transfer;

namespace ActorNode.Server.Commands;

/// <summary>How commands that ask a running node work and end.</summary>
internal static class NodeCommand
{
    /// <summary>Does a command's work with a client of the node and returns its exit code. What stands in the way is said in one place.</summary>
    public static async Task<int> RunAsync(CommandContext context, Func<ClientOptions> options, Func<NodeClient, Task<int>> work)
    {
        try
        {
            using var client = new NodeClient(options(), TimeProvider.System);
            return await work(client);
        }
        catch (UsageException wrong)
        {
            await context.Error.WriteLineAsync(wrong.Message);
            return ExitCode.Usage;
        }
        catch (NodeClientException refused)
        {
            await context.Error.WriteLineAsync(refused.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (context.Stop.IsCancellationRequested)
        {
            await context.Error.WriteLineAsync("interrupted");
            return ExitCode.Failed;
        }
    }

    /// <summary>Shows an answer: as it is with <c>--json</c>, in words without.</summary>
    public static Task ShowAsync(CommandContext context, JsonObject answer, bool json, Func<JsonObject, TextWriter, Task> show) =>
        json ? context.Output.WriteLineAsync(JsonOutput.Of(answer)) : show(answer, context.Output);
}
