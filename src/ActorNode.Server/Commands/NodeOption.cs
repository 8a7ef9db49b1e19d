using System.CommandLine;

namespace ActorNode.Server.Commands;

/// <summary>Options that every command has which speaks to a running node.</summary>
internal static class NodeOption
{
    public static Option<Uri> Url() => new("--url")
    {
        Description = "The node.",
        HelpName = "URL",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:6688"),
        CustomParser = result => OptionValue.Of(result, "an http or https url of a host", UrlOf),
    };

    public static Option<bool> Json(string description) => new("--json") { Description = description };

    private static Uri? UrlOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "" } ? url : null;
}
