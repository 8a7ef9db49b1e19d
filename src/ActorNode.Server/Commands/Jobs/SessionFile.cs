using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorNode.Server.Commands.Jobs;

/// <summary>
/// The sessions of the one who runs the commands: a cookie for each node, so that none is ever sent to another one. The file is its user's alone
/// (mode 0600), and replaced as a whole.
/// </summary>
internal sealed class SessionFile(string path)
{
    private const int MaxFile = 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The file in the user's folder for settings.</summary>
    /// <exception cref="UsageException">There is no such folder.</exception>
    public static SessionFile OfUser(CommandContext context)
    {
        var folder = Variable("XDG_CONFIG_HOME") ?? (Variable("HOME") is { } home ? Path.Combine(home, ".config") : Variable("APPDATA"));
        return folder is null
            ? throw new UsageException("--cookie-file is missing: no variable HOME says where your settings are")
            : new SessionFile(Path.Combine(folder, "actornode", "sessions.json"));

        string? Variable(string name) => context.Environment.GetValueOrDefault(name) is { Length: > 0 } value && Path.IsPathRooted(value) ? value : null;
    }

    /// <summary>The cookie for a node; null: there is no session.</summary>
    /// <exception cref="UsageException">The file cannot be used.</exception>
    public string? Find(Uri node) => (string?)Read()[node.AbsoluteUri];

    /// <summary>Keeps the cookie of a node in place of an older one.</summary>
    /// <exception cref="UsageException">The file cannot be used.</exception>
    public void Save(Uri node, string cookie) => Change(sessions => sessions[node.AbsoluteUri] = cookie);

    /// <summary>Forgets the cookie of a node.</summary>
    /// <exception cref="UsageException">The file cannot be used.</exception>
    public void Remove(Uri node)
    {
        if (Find(node) is not null)
            Change(sessions => sessions.Remove(node.AbsoluteUri));
    }

    private JsonObject Read()
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true } file)
                return [];
            if (file.Length <= MaxFile && JsonNode.Parse(File.ReadAllBytes(path)) is JsonObject sessions && sessions.All(session => session.Value is JsonValue))
                return sessions;
        }
        catch (JsonException)
        {
            // Said below, without what the file holds.
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the file of your sessions '{path}' cannot be read: {unreadable.Message}");
        }

        throw new UsageException($"the file of your sessions '{path}' does not hold any; remove it or name another one by --cookie-file");
    }

    private void Change(Action<JsonObject> change)
    {
        var sessions = Read();
        change(sessions);
        try
        {
            Replace(sessions.ToJsonString());
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the file of your sessions '{path}' cannot be written: {unwritable.Message}");
        }
    }

    private void Replace(string text)
    {
        var target = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(target)!;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
            options.UnixCreateMode = OwnerOnly;
        }

        // Under its name only when it is whole, and never readable for others, whatever was there before.
        var partial = $"{target}.{Guid.NewGuid():N}";
        using (var writer = new StreamWriter(partial, options))
            writer.Write(text);
        File.Move(partial, target, overwrite: true);
    }
}
