using System.Collections.Immutable;
using ActorNode.Configuration;
using Xunit;

namespace ActorNode.Tests.Configuration;

public sealed class SettingsWriterSpec
{
    [Fact(DisplayName = "What is shown reads back as the same settings")]
    public void Reads_back()
    {
        var changed = Load(("ACTORNODE__DATA", """C:\"x"y"""), ("ACTORNODE__HTTP__URLS", "http://127.0.0.1:1;http://[::1]:2"), ("ACTORNODE__MESSAGES__RETENTION__MAX_AGE", "36 h"));
        var shown = SettingsWriter.ToHocon(changed);

        var again = SettingsBinder.Bind<NodeSettings>(HoconDocument.Parse(shown, "shown").Settings, HoconDocument.NodeSection);

        Assert.Equal(SettingsWriter.ToJson(changed.Settings).ToJsonString(), SettingsWriter.ToJson(again).ToJsonString());
    }

    [Fact(DisplayName = "Values that are no defaults show where they come from")]
    public void Shows_origins()
    {
        var shown = SettingsWriter.ToHocon(Load(("ACTORNODE__HTTP__MAX_CONNECTIONS", "5")));

        Assert.Contains("    max-connections = 5  # environment variable ACTORNODE__HTTP__MAX_CONNECTIONS\n", shown, StringComparison.Ordinal);
        Assert.Contains("    max-followers = 500\n", shown, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Passwords are masked, the rest of a connection string stays readable")]
    [InlineData("Host=db;Username=node;Password=hunter2;Database=n", "db")]
    [InlineData("Server=db;PWD=hunter2", "db")]
    [InlineData("Host=db;Passfile=hunter2", "db")]
    [InlineData("postgresql://node:hunter2@db/n", "***")]
    [InlineData("hunter2", "***")]
    public void Masks(string text, string kept)
    {
        var masked = SettingsWriter.Masked(text);

        Assert.DoesNotContain("hunter2", masked, StringComparison.Ordinal);
        Assert.Contains(kept, masked, StringComparison.Ordinal);
    }

    private static NodeConfiguration Load(params (string Name, string Value)[] variables) => NodeConfiguration.Load(new ConfigurationSources
    {
        Environment = variables.ToImmutableDictionary(v => v.Name, v => v.Value),
    });
}
