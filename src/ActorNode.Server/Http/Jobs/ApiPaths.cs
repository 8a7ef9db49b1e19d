namespace ActorNode.Server.Http.Jobs;

/// <summary>Which paths are the jobs' API's, and how one with a slash too many is set right.</summary>
internal static class ApiPaths
{
    public const string Sessions = "/sessions";
    private const string Version = "/v2";

    /// <summary>Routing ignores case, and so does this.</summary>
    public static bool IsApi(PathString path) => path.StartsWithSegments(Version, StringComparison.OrdinalIgnoreCase) || IsSessions(path);

    public static bool IsSessions(PathString path) => path.StartsWithSegments(Sessions, StringComparison.OrdinalIgnoreCase);

    /// <summary>The id in the path; one that is no valid text is none that exists.</summary>
    public static string Id(HttpContext context) =>
        PathText.TryDecode((string)context.GetRouteValue("id")!, out var text) is null ? text : "";

    /// <summary>The path without the slashes at its end, where it has any and is more than them.</summary>
    public static bool HasTrailingSlash(PathString path, out string without)
    {
        without = path.Value!.TrimEnd('/');
        return without.Length < path.Value.Length;
    }
}
