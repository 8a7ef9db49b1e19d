using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Server.Hosting;
using ActorNode.Storage;
using ActorNode.Upkeep.Store;

namespace ActorNode.Server.Commands;

/// <summary>
/// <c>upkeep restore</c>: makes the primary of upkeep's store hold what a backup holds. The node must not run: the command takes the same
/// locks as a node.
/// </summary>
internal static class UpkeepRestoreCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new ConfigurationOptions();
        var from = new Option<string>("--from") { Description = "The backup, as errors and the settings name it: a folder, or postgresql://host:port/database.", HelpName = "BACKUP", Required = true };
        var yes = new Option<bool>("--yes") { Description = "Do not ask: the risk is known." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("restore", "Replace what upkeep has stored by what a backup holds. The node must not run.") { from, yes, json };
        options.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(parsed, options, context, parsed.GetValue(from)!, parsed.GetValue(yes), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, ConfigurationOptions options, CommandContext context, string from, bool yes, bool json, CancellationToken stop)
    {
        NodeSettings settings;
        try
        {
            settings = options.Load(parsed, context).Settings;
            StartRules.Check(settings);
        }
        catch (SettingsException wrong)
        {
            return await ConfigurationOptions.RefuseAsync(wrong.Problems, context, json);
        }

        try
        {
            var backups = UpkeepStoreFactory.Backups(settings.Upkeep.Store, settings.Storage);
            var backup = backups.FirstOrDefault(each => each.Name == from) ?? backups.FirstOrDefault(each => each.Name == Path.GetFullPath(from));
            if (backup is null)
            {
                await context.Error.WriteLineAsync(backups.IsEmpty
                    ? "--from: the settings name no backup (actornode.upkeep.store.backup-folders, backup-databases)."
                    : $"--from: '{from}' is no backup of the settings; those are: {string.Join(", ", backups.Select(each => each.Name))}");
                return ExitCode.Usage;
            }

            return await RestoreAsync(settings, backup, context, yes, json, stop);
        }
        catch (Exception failure) when (failure is StoreOpenException or StoreUnavailableException or UpkeepValueTooLargeException)
        {
            await context.Error.WriteLineAsync(failure.Message);
            return ExitCode.Failed;
        }
    }

    private static async Task<int> RestoreAsync(NodeSettings settings, UpkeepBackup backup, CommandContext context, bool yes, bool json, CancellationToken stop)
    {
        await using var database = await NodeStore.OpenAsync(settings.Storage, stop);
        await using var primary = await UpkeepStoreFactory.PrimaryAsync(settings.Upkeep.Store, database, stop);
        await using var source = await backup.OpenAsync(stop);
        if (!yes && !await ConfirmAsync(context, primary.Location, source.Location))
            return ExitCode.Failed;

        var done = await UpkeepRestore.RunAsync(primary, source, stop);
        await context.Output.WriteLineAsync(json
            ? JsonOutput.Of(new JsonObject
            {
                ["from"] = source.Location,
                ["to"] = primary.Location,
                ["keys"] = done.Keys,
                ["bytes"] = done.Bytes,
                ["removed"] = done.Removed,
                ["manager"] = done.HasManager,
            })
            : string.Create(CultureInfo.InvariantCulture, $"{primary.Location} holds what {source.Location} holds: {done.Keys} values of {done.Bytes:N0} bytes, {(done.HasManager ? "with" : "WITHOUT")} a channel manager; {done.Removed} others were removed."));
        return ExitCode.Ok;
    }

    private static Task<bool> ConfirmAsync(CommandContext context, string primary, string backup) => Confirmation.AskAsync(
        context,
        $"""
        This replaces everything that upkeep has stored in {primary} by what the backup {backup} holds.
        THE RISK: when the backup's channel manager is older than the last one the peers saw, going on with it can lose the money in the
        channels: peers may close them and take it. Do this only when the primary is lost or older than the backup, and when no other
        node runs with these channels. The channel monitors, which are kept elsewhere, must be at least as new as the manager.
        """,
        "restore");
}
