using System.Text.Json;

namespace ActorNode.Tezos.Tests.Support;

/// <summary>The published vectors, each group with its source.</summary>
internal static class Vectors
{
    private static readonly JsonElement Root = Load("vectors.json");
    private static readonly JsonElement Others = Load("published.json");

    /// <summary>The data of a group.</summary>
    public static JsonElement Group(string name) =>
        Root.GetProperty("groups").EnumerateArray().Single(group => group.GetProperty("name").GetString() == name).GetProperty("data");

    /// <summary>Vectors of other projects' tests, each with its source.</summary>
    public static JsonElement Published(string name) => Others.GetProperty(name);

    /// <summary>The rows of a table of a group.</summary>
    public static IEnumerable<string[]> Rows(string group, string table) =>
        Group(group).GetProperty(table).GetProperty("rows").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(cell => cell.GetString()!).ToArray());

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static int Int(this JsonElement element, string name) => element.GetProperty(name).GetInt32();

    public static byte[] Hex(this JsonElement element, string name) => Convert.FromHexString(element.Text(name));

    private static JsonElement Load(string name)
    {
        using var stream = typeof(Vectors).Assembly.GetManifestResourceStream(name)!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
