using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Server.Commands;
using Xunit;

namespace ActorNode.Server.Tests.Commands.Keys;

public sealed class KeysCommandSpec : IDisposable
{
    // Published keys of sandboxes: no network that matters knows them.
    private const string Bootstrap1 = "edsk3gUfUPyBSfrS9CCgmCiQsTCHGkviBDusMxDJstFtojtc1zcpsh";
    private const string Passphrase = "correct horse battery staple";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("actornode-keys-");
    private readonly string _passphraseFile;

    public KeysCommandSpec()
    {
        _passphraseFile = Path.Combine(_data.FullName, "passphrase");
        File.WriteAllText(_passphraseFile, Passphrase + "\n");
    }

    public void Dispose() => _data.Delete(recursive: true);

    [Theory(DisplayName = "generate makes a key of each type for each network, which list and show tell of")]
    [InlineData("ed25519", "mv", "mv1", "edpk")]
    [InlineData("ed25519", "tz", "tz1", "edpk")]
    [InlineData("secp256k1", "mv", "mv2", "sppk")]
    [InlineData("secp256k1", "tz", "tz2", "sppk")]
    [InlineData("p256", "mv", "mv3", "p2pk")]
    [InlineData("p256", "tz", "tz3", "p2pk")]
    public async Task Generate(string type, string network, string address, string publicKey)
    {
        var generated = await Keys("generate", "--type", type, "--network", network, "--alias", "alice", "--passphrase-file", _passphraseFile, "--json");
        var listed = await Keys("list");
        var shown = await Keys("show", "alice", "--json");
        var exported = await Keys("export-public", "alice");

        Assert.Equal((0, ""), (generated.ExitCode, generated.Error));
        var key = JsonNode.Parse(generated.Output)!;
        Assert.StartsWith(address, (string)key["publicKeyHash"]!, StringComparison.Ordinal);
        Assert.StartsWith(publicKey, (string)key["publicKey"]!, StringComparison.Ordinal);
        Assert.Equal((type, network, "alice"), ((string)key["type"]!, (string)key["network"]!, (string)key["alias"]!));
        Assert.True(File.Exists((string)key["file"]!));
        Assert.Equal($"{key["publicKeyHash"]}  {type,-9}  alice{Environment.NewLine}", listed.Output);
        Assert.Equal(generated.Output, shown.Output);
        Assert.Equal($"{key["publicKey"]}{Environment.NewLine}", exported.Output);
    }

    [Theory(DisplayName = "import takes a key from a file or standard input and never shows it")]
    [InlineData(Bootstrap1, true)]
    [InlineData(Bootstrap1 + "\n", false)]
    [InlineData("unencrypted:" + Bootstrap1 + "\r\n", false)]
    public async Task Import(string secret, bool file)
    {
        var path = Path.Combine(_data.FullName, "secret");
        if (file)
            await File.WriteAllTextAsync(path, secret);

        var run = await Keys(["import", "--from", file ? path : "-", "--passphrase-file", _passphraseFile], file ? "" : secret);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("mv18Cw7psUrAAPBpXYd9CtCpHg9EgjHP9KTe", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Bootstrap1, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Bootstrap1, await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Folder, "*.json"))), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A secret or passphrase among the arguments is refused without repeating it")]
    public async Task Never_as_argument()
    {
        foreach (var arguments in (string[][])[["import", Bootstrap1], ["import", "--secret=" + Bootstrap1], ["generate", "--passphrase", Passphrase], ["generate", Passphrase]])
        {
            var run = await Keys([.. arguments, "--passphrase-file", _passphraseFile], Bootstrap1);

            Assert.Equal(2, run.ExitCode);
            Assert.Contains("secrets are never arguments", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(Bootstrap1, run.Error + run.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(Passphrase, run.Error + run.Output, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(Folder));
    }

    [Theory(DisplayName = "What is no secret key fails with the rule, without repeating it")]
    [InlineData("edsk3gUfUPyBSfrS9CCgmCiQsTCHGkviBDusMxDJstFtojtc1zcpsi", "standard input: secret key: its base58 checksum is wrong")]
    [InlineData("edpkuBknW28nW72KG6RoHtYW7p12T6GKc7nAbwYX5m8Wd9sDVC9yav", "standard input: secret key: must be")]
    [InlineData("", "standard input: secret key: 0 characters")]
    [InlineData("BLsk1hKAHyGqY9qRbgoSVnjiSmDWpKGjFF3WNQ7BaiaMUA6RMA6Pfq", "BLS12-381 keys (tz4, mv4, BLpk, BLsk) cannot be used to import keys")]
    public async Task Bad_secret(string secret, string problem)
    {
        var run = await Keys(["import", "--passphrase-file", _passphraseFile], secret);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.True(secret.Length == 0 || !run.Error.Contains(secret, StringComparison.Ordinal), run.Error);
        Assert.Equal("", run.Output);
        Assert.False(Directory.Exists(Folder));
    }

    [Fact(DisplayName = "A key that is there, an alias that is taken and another passphrase are refused")]
    public async Task Refused()
    {
        await Keys(["import", "--alias", "one", "--passphrase-file", _passphraseFile], Bootstrap1);
        var other = ImmutableDictionary<string, string>.Empty.Add("ACTORNODE_KEYS_PASSPHRASE", "hunter2");

        var again = await Keys(["import", "--passphrase-file", _passphraseFile], Bootstrap1);
        var alias = await Keys("generate", "--alias", "one", "--passphrase-file", _passphraseFile);
        var passphrase = await Keys(["generate"], "", other);
        var address = await Keys("generate", "--alias", "tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb", "--passphrase-file", _passphraseFile);

        Assert.Equal((1, true), (again.ExitCode, again.Error.Contains("the folder has this key already", StringComparison.Ordinal)));
        Assert.Equal((1, true), (alias.ExitCode, alias.Error.Contains("another key of the folder is called 'one'", StringComparison.Ordinal)));
        Assert.Equal((1, true), (passphrase.ExitCode, passphrase.Error.Contains("the keys of a folder share one", StringComparison.Ordinal)));
        Assert.DoesNotContain("hunter2", passphrase.Error, StringComparison.Ordinal);
        Assert.Equal((2, true), (address.ExitCode, address.Error.Contains("--alias: is an address", StringComparison.Ordinal)));
        Assert.Single(Directory.GetFiles(Folder, "*.json"));
    }

    [Theory(DisplayName = "What is no passphrase, and a missing one, are refused with where it was looked for")]
    [InlineData("", 1, "is empty")]
    [InlineData("one\ntwo\n", 1, "must hold one line")]
    [InlineData(null, 1, "cannot be read")]
    public async Task Bad_passphrase_file(string? content, int code, string problem)
    {
        var path = Path.Combine(_data.FullName, "other");
        if (content is not null)
            await File.WriteAllTextAsync(path, content);

        var run = await Keys("generate", "--passphrase-file", path);
        var without = await Keys("generate");

        Assert.Equal(code, run.ExitCode);
        Assert.Contains("--passphrase-file", run.Error, StringComparison.Ordinal);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Equal(2, without.ExitCode);
        Assert.Contains("set ACTORNODE_KEYS_PASSPHRASE", without.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "On a terminal a new passphrase is asked for twice, later once, and the same is opened by file")]
    public async Task Prompt()
    {
        var first = await Typed(["generate", "--alias", "one"], Passphrase, Passphrase);
        var second = await Typed(["import", "--alias", "two"], Bootstrap1, Passphrase);
        var third = await Keys("generate", "--alias", "three", "--passphrase-file", _passphraseFile);
        var differs = await Typed(["generate", "--data", Path.Combine(_data.FullName, "new")], Passphrase, "hunter2");

        Assert.Equal((0, 0, 0), (first.ExitCode, second.ExitCode, third.ExitCode));
        Assert.Equal(3, Directory.GetFiles(Folder, "*.json").Length);
        Assert.Equal(1, differs.ExitCode);
        Assert.Contains("the two are different", differs.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A file that is no key makes list fail, after it has listed the others")]
    public async Task Problems()
    {
        var empty = await Keys("list");
        await Keys("generate", "--passphrase-file", _passphraseFile);
        await File.WriteAllTextAsync(Path.Combine(Folder, "note.json"), "{}");

        var text = await Keys("list");
        var json = await Keys("list", "--json");

        Assert.Equal((0, ""), (empty.ExitCode, empty.Output));
        Assert.Equal(1, text.ExitCode);
        Assert.StartsWith("mv1", text.Output, StringComparison.Ordinal);
        Assert.StartsWith("note.json: ", text.Error, StringComparison.Ordinal);
        Assert.Single(JsonNode.Parse(json.Output)!["keys"]!.AsArray());
        Assert.Equal("note.json", (string)Assert.Single(JsonNode.Parse(json.Output)!["problems"]!.AsArray())!["file"]!);
    }

    [Theory(DisplayName = "An unknown key is exit code 1, wrong usage is 2")]
    [InlineData(1, "has no key with this address or alias", "show", "nobody")]
    [InlineData(1, "has no key with this address or alias", "export-public", "nobody")]
    [InlineData(1, "BLS12-381 keys", "generate", "--type", "bls")]
    [InlineData(2, "--type: 'rsa' is not ed25519, secp256k1 or p256", "generate", "--type", "rsa")]
    [InlineData(2, "--network: 'eth' is not mv or tz", "generate", "--network", "eth")]
    [InlineData(2, "'--tpye' is no option of this command", "generate", "--tpye", "ed25519")]
    [InlineData(2, "KEY", "show")]
    public async Task Usage(int code, string problem, params string[] arguments)
    {
        var run = await Keys([.. arguments], "", ImmutableDictionary<string, string>.Empty.Add("ACTORNODE_KEYS_PASSPHRASE", Passphrase));

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(problem, run.Error + run.Output, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Every command has help")]
    [InlineData("--help")]
    [InlineData("generate", "--help")]
    [InlineData("import", "--help")]
    [InlineData("list", "--help")]
    [InlineData("show", "--help")]
    [InlineData("export-public", "--help")]
    public async Task Help(params string[] arguments)
    {
        var run = await CommandRun.Of(["keys", .. arguments]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("actornode keys", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stray", run.Output, StringComparison.Ordinal);
    }

    private string Folder => Path.Combine(_data.FullName, "keys");

    private Task<CommandRun> Keys(params string[] arguments) => Keys(arguments, "");

    private Task<CommandRun> Keys(IReadOnlyList<string> arguments, string input, ImmutableDictionary<string, string>? environment = null) =>
        CommandRun.Of(["keys", .. arguments, "--data", _data.FullName], input, environment);

    /// <summary>Runs a command at a terminal where somebody types these lines.</summary>
    private async Task<CommandRun> Typed(IReadOnlyList<string> arguments, params string[] lines)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var typed = new Queue<string>(lines);
        var code = await NodeCommandLine.RunAsync(arguments.Contains("--data") ? ["keys", .. arguments] : ["keys", .. arguments, "--data", _data.FullName], new CommandContext
        {
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes("nobody reads this")),
            OpenOutput = () => Stream.Null,
            Output = output,
            Error = error,
            ReadSecret = _ => typed.Dequeue(),
        });
        Assert.Empty(typed);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
