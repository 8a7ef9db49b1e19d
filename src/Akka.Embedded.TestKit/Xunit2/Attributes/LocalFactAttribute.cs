using Xunit;

namespace Akka.TestKit.Xunit2.Attributes;

/// <summary>A fact that is skipped where the environment variable XUNIT_SKIP_LOCAL_FACT is set, as on build servers.</summary>
public class LocalFactAttribute : FactAttribute
{
    internal const string SkipVariable = "XUNIT_SKIP_LOCAL_FACT";

    private string? _skip;

    /// <summary>The reason that is shown for it.</summary>
    public string? SkipLocal { get; set; }

    public override string? Skip
    {
        get => _skip ?? SkippedHere(SkipLocal);
        set => _skip = value;
    }

    internal static string? SkippedHere(string? reason) =>
        Environment.GetEnvironmentVariable(SkipVariable) is null ? null : reason ?? "Local facts are being skipped";
}
