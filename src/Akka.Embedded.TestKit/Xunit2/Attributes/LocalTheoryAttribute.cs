using Xunit;

namespace Akka.TestKit.Xunit2.Attributes;

/// <summary>A theory that is skipped where <see cref="LocalFactAttribute"/> is.</summary>
public class LocalTheoryAttribute : TheoryAttribute
{
    private string? _skip;

    /// <summary>The reason that is shown for it.</summary>
    public string? SkipLocal { get; set; }

    public override string? Skip
    {
        get => _skip ?? LocalFactAttribute.SkippedHere(SkipLocal);
        set => _skip = value;
    }
}
