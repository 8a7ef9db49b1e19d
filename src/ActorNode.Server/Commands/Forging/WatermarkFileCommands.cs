using System.CommandLine;
using System.Text.Json.Nodes;
using ActorNode.Forging.Watermarks;
using ActorNode.Protocol.Forging;
using ActorNode.Server.Transfer;

namespace ActorNode.Server.Commands.Forging;

/// <summary>
/// <c>watermarks import|export</c>: marks from and to the files of a baker, one a chain, and of the reference signer, one a kind. A file is
/// read whole before anything is raised.
/// </summary>
internal static class WatermarkFileCommands
{
    public static Command Export(CommandContext context)
    {
        var chain = ChainOption("The chain's id, such as NetXdQprcVkpaWU. A signer's file has all chains without it.");
        var kind = KindOption("Write the reference signer's file of this kind, with data and signatures, instead of a baker's file.");
        var output = new Option<string?>("--output") { Description = "The file to write. Without it the marks go to standard output.", HelpName = "FILE" };
        var client = new ClientCommandOptions();
        var command = new Command("export", "Write the watermarks of all keys as a baker's file of one chain, or as a file of the reference signer.") { chain, kind, output };
        client.AddTo(command);
        command.SetAction((parsed, _) => ForgingClient.RunAsync(() => client.Client(parsed), context, async node =>
        {
            var (of, only) = (ForgingClient.KindOf(parsed.GetValue(kind)), ChainOf(parsed.GetValue(chain)));
            if (of is null && only is null)
                throw new UsageException("--chain is missing: a baker's file is of one chain");
            var marks = new List<KeyMark>();
            foreach (var key in (await node.StatusAsync())["keys"]!.AsArray().Select(each => new ConsensusKeyId((string)each!["key"]!)))
                marks.AddRange((await node.WatermarksAsync(key)).Where(mark => only is null || mark.Chain == only).Select(mark => new KeyMark(key, mark)));
            var text = of is { } one ? WatermarkFiles.WriteSigner(marks, one) : WatermarkFiles.WriteBaker(marks, only!.Value);
            if (parsed.GetValue(output) is not { } path)
                await context.Output.WriteLineAsync(text);
            else
                await WriteAsync(path, text);
            return ExitCode.Ok;
        }));
        return command;
    }

    public static Command Import(CommandContext context)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "A baker's file, such as NetXdQprcVkpa_highwatermarks, or a reference signer's, such as block_high_watermarks; older names are read too.",
        };
        var chain = ChainOption("The chain of a baker's file, such as NetXdQprcVkpaWU. Of a signer's file: this chain's marks only.");
        var kind = KindOption("The kind of a reference signer's file that is not called as the signer calls it.");
        var client = new ClientCommandOptions();
        var command = new Command("import", "Raise watermarks to those of a baker's or a reference signer's file. None is lowered.") { file, chain, kind };
        client.AddTo(command);
        command.SetAction((parsed, _) => ForgingClient.RunAsync(() => client.Client(parsed), context, async node =>
        {
            var marks = Read(parsed.GetRequiredValue(file), ForgingClient.KindOf(parsed.GetValue(kind)), ChainOf(parsed.GetValue(chain)));
            var results = new JsonArray();
            foreach (var key in marks.GroupBy(mark => mark.Key, mark => mark.Mark))
            {
                var answer = await node.RaiseAsync(key.Key, key);
                results.Add((JsonNode)answer);
                if (!client.Json(parsed))
                    await context.Output.WriteLineAsync($"{key.Key}: {answer["raised"]!.AsArray().Count} raised, {answer["kept"]!.AsArray().Count} as high already");
            }

            if (client.Json(parsed))
                await context.Output.WriteLineAsync(JsonOutput.Of(new JsonObject { ["keys"] = results }));
            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>The marks of a file; of several for one key, chain and kind, as older and newer names may have, the highest.</summary>
    private static IEnumerable<KeyMark> Read(string path, ForgeKind? kind, ChainName? chain)
    {
        kind ??= KindByName(Path.GetFileName(path));
        if (kind is null && chain is null)
            throw new UsageException($"--chain is missing: '{path}' is taken for a baker's file, which does not say of which chain it is (--kind: it is a reference signer's)");
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > WatermarkFiles.MaxBytes })
                throw new UsageException($"FILE: '{path}' is longer than {WatermarkFiles.MaxBytes} bytes");
            var json = File.ReadAllBytes(path);
            var marks = kind is { } one ? WatermarkFiles.ReadSigner(json, one) : WatermarkFiles.ReadBaker(json, chain!.Value);
            return marks
                .Where(mark => chain is null || mark.Mark.Chain == chain)
                .GroupBy(mark => (mark.Key, mark.Mark.Chain, mark.Mark.Kind))
                .Select(same => same.MaxBy(mark => mark.Mark.At));
        }
        catch (WatermarkFileException wrong)
        {
            throw new NodeClientException($"{path}: {wrong.Message}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"FILE: '{path}' cannot be read: {unreadable.Message}");
        }
    }

    private static ForgeKind? KindByName(string name)
    {
        foreach (var kind in (ForgeKind[])[ForgeKind.Block, ForgeKind.Preattestation, ForgeKind.Attestation])
        {
            if (WatermarkFiles.SignerFileNames(kind).Contains(name))
                return kind;
        }

        return null;
    }

    private static async Task WriteAsync(string path, string text)
    {
        try
        {
            await File.WriteAllTextAsync(path, text + "\n");
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw new NodeClientException($"{path} cannot be written: {unwritable.Message}");
        }
    }

    private static ChainName? ChainOf(string? text) => text is null ? null : new ChainName(text);

    private static Option<string?> ChainOption(string description) => new("--chain") { Description = description, HelpName = "NET" };

    private static Option<string?> KindOption(string description)
    {
        var kind = new Option<string?>("--kind") { Description = description, HelpName = "block|preattestation|attestation" };
        kind.AcceptOnlyFromAmong("block", "preattestation", "attestation");
        return kind;
    }
}
