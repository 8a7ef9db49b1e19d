using System.Text.Json;

namespace ActorNode.Ethereum.Tests.Support;

/// <summary>Files of the original's tests.</summary>
internal static class Fixture
{
    public static string Text(string name)
    {
        using var reader = new StreamReader(typeof(Fixture).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"there is no fixture {name}", nameof(name)));
        return reader.ReadToEnd();
    }

    public static JsonElement Json(string name) => Parse(Text(name));

    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
