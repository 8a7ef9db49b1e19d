using Xunit;

namespace Akka.TestKit.Xunit2.Attributes;

/// <summary>A fact that is skipped anywhere but on Windows.</summary>
public class WindowsFactAttribute : FactAttribute
{
    private string? _skip;

    /// <summary>The reason that is shown for it.</summary>
    public string? SkipUnix { get; set; }

    public override string? Skip
    {
        get => _skip ?? (OperatingSystem.IsWindows() ? null : SkipUnix ?? "Only supported on Windows");
        set => _skip = value;
    }
}
