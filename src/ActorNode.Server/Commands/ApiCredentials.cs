using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Commands;

/// <summary>Where the email and the password of the API's user come from: two lines of a file, or the terminal.</summary>
internal static class ApiCredentials
{
    private const int MaxFile = 8192;

    /// <summary>The credentials, or a problem in words for the operator which never shows what was read.</summary>
    /// <param name="path">The file; null: the terminal is asked.</param>
    /// <param name="option">The option that named the file.</param>
    /// <param name="context">The terminal.</param>
    public static (ApiUser? User, string? Problem) Read(string? path, string option, CommandContext context)
    {
        if (path is not null)
        {
            var ((email, password), problem) = ReadLines(path, option, "an email and a password");
            return problem is null ? (new ApiUser(email.Trim(), new Secret(password)), null) : (null, problem);
        }

        if (context.ReadSecret is not { } read)
            return (null, "API credentials must be supplied");
        return (new ApiUser(read("Enter API Email: ").Trim(), new Secret(read("Enter API Password: "))), null);
    }

    /// <summary>The two lines of a file, or a problem that does not show them.</summary>
    public static ((string First, string Second) Lines, string? Problem) ReadLines(string path, string option, string what)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxFile })
                return (default, $"{option}: '{path}' is longer than {MaxFile} bytes; it must hold two lines, {what}");
            var lines = File.ReadAllText(path).TrimEnd('\r', '\n').Split('\n');
            return lines is [var first, var second]
                ? ((first.TrimEnd('\r'), second.TrimEnd('\r')), null)
                : (default, $"{option}: '{path}' must hold two lines, {what}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (default, $"{option}: '{path}' cannot be read: {unreadable.Message}");
        }
    }
}
