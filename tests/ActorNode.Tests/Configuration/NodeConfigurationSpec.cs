using System.Collections.Immutable;
using ActorNode.Configuration;
using Xunit;

namespace ActorNode.Tests.Configuration;

public sealed class NodeConfigurationSpec : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("actornode-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(DisplayName = "reference.conf has every key, and its defaults are those of the settings records")]
    public void Reference_equals_records()
    {
        var reference = NodeConfiguration.Load(new ConfigurationSources());

        Assert.Equal(SettingsWriter.ToJson(new NodeSettings()).ToJsonString(), SettingsWriter.ToJson(reference.Settings).ToJsonString());
        Assert.Equal(Leaves(typeof(NodeSettings), HoconDocument.NodeSection).Order(StringComparer.Ordinal), reference.Tree.Values.Keys);
    }

    [Fact(DisplayName = "Every key of reference.conf is commented")]
    public void Reference_is_commented()
    {
        var lines = NodeConfiguration.ReferenceText().Split('\n').Select(l => l.Trim()).ToArray();
        var bare = lines.Where((line, i) => line.Contains(" = ", StringComparison.Ordinal) && !line.StartsWith('#') && !lines[i - 1].StartsWith('#'));

        Assert.Empty(bare);
    }

    [Fact(DisplayName = "The default of every setting is one that its own rules allow")]
    public void Defaults_are_valid() => Assert.Empty(Rules(new NodeSettings()));

    [Fact(DisplayName = "The example node.conf is valid")]
    public void Example_is_valid()
    {
        var example = Path.Combine(RepositoryRoot(), "hocon", "node.conf");

        Assert.Equal(14, NodeConfiguration.Load(new ConfigurationSources { File = example }).Settings.Logging.File.Retained);
    }

    [Fact(DisplayName = "The command line wins over the environment, that over the file, that over the defaults")]
    public void Precedence()
    {
        var sources = new ConfigurationSources
        {
            File = File_("""
                actornode {
                  data = from-file
                  http { urls = ["http://127.0.0.1:1"], max-connections = 11, max-followers = 12 }
                }
                """),
            Environment = Variables(("ACTORNODE__HTTP__URLS", "http://127.0.0.1:2"), ("ACTORNODE__HTTP__MAX_CONNECTIONS", "21")),
            CommandLine = Options(("actornode.http.urls", "http://127.0.0.1:3;http://[::1]:3")),
        };

        var settings = NodeConfiguration.Load(sources).Settings;

        Assert.Equal(["http://127.0.0.1:3", "http://[::1]:3"], settings.Http.Urls.AsEnumerable());
        Assert.Equal(21, settings.Http.MaxConnections);
        Assert.Equal(12, settings.Http.MaxFollowers);
        Assert.Equal("from-file", settings.Data);
        Assert.Equal("from-file", settings.Storage.DataFolder);
        Assert.Equal(TimeSpan.FromSeconds(15), settings.Http.Heartbeat);
    }

    [Fact(DisplayName = "Environment variables are read whatever their case; foreign ones are left alone")]
    public void Environment()
    {
        var sources = new ConfigurationSources { Environment = Variables(("actornode__messages__commit__max_rows", "77"), ("ACTOR_MODE", "x")) };

        Assert.Equal(77, NodeConfiguration.Load(sources).Settings.Messages.Commit.MaxRows);
    }

    [Fact(DisplayName = "An unknown environment variable of the node is refused by its name")]
    public void Unknown_variable() => Assert.Equal(
        ["actornode.http.ulrs (environment variable ACTORNODE__HTTP__ULRS): unknown key; did you mean 'urls'?"],
        Problems(new ConfigurationSources { Environment = Variables(("ACTORNODE__HTTP__ULRS", "x")) }));

    [Fact(DisplayName = "A problem names the source that set the value")]
    public void Origins()
    {
        var problems = Problems(new ConfigurationSources
        {
            File = File_("actornode {\n  logging.level = loud\n  http.max-connections = 0\n}"),
            Environment = Variables(("ACTORNODE__HTTP__MAX_CONNECTIONS", "none")),
            CommandLine = Options(("actornode.http.urls", "127.0.0.1:80")),
        });

        Assert.Equal(
            [
                "actornode.http.max-connections (environment variable ACTORNODE__HTTP__MAX_CONNECTIONS): 'none' is not a whole number",
                "actornode.logging.level (node.conf line 2): 'loud' is not one of verbose, debug, information, warning, error, fatal",
            ],
            problems);
        Assert.Equal(
            ["actornode.http.urls (option): '127.0.0.1:80' is no url; write http://HOST:PORT"],
            Problems(new ConfigurationSources { CommandLine = Options(("actornode.http.urls", "127.0.0.1:80")) }));
    }

    [Theory(DisplayName = "Storage settings that contradict each other are refused, and no secret is repeated")]
    [InlineData("provider = postgresql", "actornode.storage.connection-string (built-in reference.conf line", "is empty, but provider is postgresql")]
    [InlineData("connection-string = \"Password=hunter2\"", "actornode.storage.connection-string (node.conf line 1)", "is given, but provider is not postgresql")]
    [InlineData("file-name = \"../node.db\"", "actornode.storage.file-name (node.conf line 1)", "is no name of a file within the data folder")]
    [InlineData("page-bytes = 5000", "actornode.storage.page-bytes (node.conf line 1)", "5000 is no power of two")]
    [InlineData("provider = oracle", "actornode.storage.provider (node.conf line 1)", "'oracle' is not one of sqlite, postgresql, memory")]
    public void Storage(string line, string place, string rule)
    {
        var problem = Assert.Single(Problems(new ConfigurationSources { File = File_($"actornode.storage {{ {line} }}") }));

        Assert.StartsWith(place, problem, StringComparison.Ordinal);
        Assert.Contains(rule, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Malformed text is refused with line and column")]
    [InlineData("actornode {\n  http { urls = \n", "line")]
    [InlineData("actornode { data = \"x }", "line 1")]
    [InlineData("actornode {\n  data += y\n}", "line 2")]
    public void Malformed(string text, string place)
    {
        var problem = Assert.Single(Problems(new ConfigurationSources { File = File_(text) }));

        Assert.StartsWith("node.conf: ", problem, StringComparison.Ordinal);
        Assert.Contains(place, problem, StringComparison.Ordinal);
        Assert.Contains("column", problem, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Only the sections actornode and akka are read; another one is refused")]
    public void Foreign_section() => Assert.Equal(
        ["actornod (node.conf line 2): unknown key; only the sections 'actornode' and 'akka' are read; did you mean 'actornode'?"],
        Problems(new ConfigurationSources { File = File_("akka {}\nactornod { data = x }") }));

    [Fact(DisplayName = "What the file says under akka goes to the actor system, and nothing else of it")]
    public void Akka_section()
    {
        var configuration = NodeConfiguration.Load(new ConfigurationSources
        {
            File = File_("akka.loglevel = DEBUG\nakka { actor { debug.unhandled = on } }\nactornode.data = x"),
        });

        Assert.Equal("DEBUG", configuration.Akka.GetString("akka.loglevel"));
        Assert.True(configuration.Akka.GetBoolean("akka.actor.debug.unhandled"));
        Assert.False(configuration.Akka.HasPath("actornode"));
    }

    [Fact(DisplayName = "A missing file is one clear problem")]
    public void Missing_file()
    {
        var path = Path.Combine(_folder, "absent.conf");

        Assert.StartsWith($"{path}: cannot be read: ", Assert.Single(Problems(new ConfigurationSources { File = path })), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A file too large to be a configuration is not read")]
    public void Large_file()
    {
        var path = Path.Combine(_folder, "large.conf");
        using (var file = File.Create(path))
            file.SetLength(1024 * 1024 + 1);

        Assert.Contains("larger than 1048576 bytes", Assert.Single(Problems(new ConfigurationSources { File = path })), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Urls are http or https addresses; whether others reach them is known")]
    [InlineData("http://127.0.0.1:6688", true, null)]
    [InlineData("http://localhost:0", true, null)]
    [InlineData("http://[::1]:6688", true, null)]
    [InlineData("http://127.3.2.1:80", true, null)]
    [InlineData("http://0.0.0.0:6688", false, null)]
    [InlineData("http://[::]:6688", false, null)]
    [InlineData("http://192.168.1.5:6688", false, null)]
    [InlineData("http://*:6688", false, "wildcard")]
    [InlineData("http://node.example.com:1", false, "names a host")]
    [InlineData("https://127.0.0.1:6688", true, "needs a certificate")]
    [InlineData("ftp://127.0.0.1:6688", false, "is neither an http nor an https url")]
    [InlineData("http://127.0.0.1:6688/path", false, "more than host and port")]
    [InlineData("http://user:secret@127.0.0.1", false, "more than host and port")]
    [InlineData("6688", false, "is no url")]
    public void Urls(string url, bool loopback, string? problem)
    {
        var settings = new HttpSettings { Urls = [url] };

        Assert.Equal(loopback, settings.LoopbackOnly);
        if (problem is null)
            Assert.Empty(settings.Problems());
        else
            Assert.Contains(problem, Assert.Single(settings.Problems()).Rule, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Leaves(Type type, string section) => SettingsShape.Of(type).Keys.SelectMany(key =>
        key.IsSection ? Leaves(key.Property.PropertyType, $"{section}.{key.Name}") : [$"{section}.{key.Name}"]);

    private static IEnumerable<string> Rules(object settings) => SettingsShape.Of(settings.GetType()).Keys
        .SelectMany(key => key.IsSection ? Rules(key.In(settings)!) : [])
        .Concat(settings is ISettingsRules rules ? rules.Problems().Select(p => $"{p.Key} {p.Rule}") : []);

    private static ImmutableDictionary<string, string> Variables(params (string Name, string Value)[] variables) =>
        variables.ToImmutableDictionary(v => v.Name, v => v.Value);

    private static ImmutableDictionary<string, SettingValue> Options(params (string Path, string Value)[] options) =>
        options.ToImmutableDictionary(o => o.Path, o => SettingValue.Text(o.Value, "option"));

    private static IEnumerable<string> Problems(ConfigurationSources sources) =>
        Assert.Throws<SettingsException>(() => NodeConfiguration.Load(sources)).Problems;

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ActorNode.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder.FullName;
    }

    private string File_(string text)
    {
        var path = Path.Combine(_folder, "node.conf");
        File.WriteAllText(path, text);
        return path;
    }
}
