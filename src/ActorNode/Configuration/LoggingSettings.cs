namespace ActorNode.Configuration;

/// <summary>How much the log says.</summary>
public enum LogSeverity
{
    /// <summary>Everything, with single messages.</summary>
    Verbose,

    /// <summary>What developers look for.</summary>
    Debug,

    /// <summary>What operators want to know.</summary>
    Information,

    /// <summary>What went wrong and is dealt with.</summary>
    Warning,

    /// <summary>What failed.</summary>
    Error,

    /// <summary>What ends the node.</summary>
    Fatal,
}

/// <summary>Settings of the log: the section <c>actornode.logging</c>.</summary>
public sealed record LoggingSettings
{
    /// <summary>The least severity that is logged.</summary>
    public LogSeverity Level { get; init; } = LogSeverity.Information;

    /// <summary>Whether the log goes to standard output.</summary>
    public bool Console { get; init; } = true;

    /// <summary>Whether console and file have one JSON object a line instead of text.</summary>
    public bool Json { get; init; }

    /// <summary>The log file.</summary>
    public LogFileSettings File { get; init; } = new();
}

/// <summary>Settings of the log file: the section <c>actornode.logging.file</c>.</summary>
public sealed record LogFileSettings
{
    /// <summary>
    /// The file; relative to the data folder. The date goes before the extension, a new file starts every day. Null: off, no file.
    /// </summary>
    public string? Path { get; init; } = "logs/actornode-.log";

    /// <summary>A file that has grown so large is followed by another one of the same day.</summary>
    [Bytes, InRange("64 KiB", "16 GiB")]
    public long MaxSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>Most files kept; the oldest are deleted.</summary>
    [InRange("1", "10000")]
    public int Retained { get; init; } = 14;
}
