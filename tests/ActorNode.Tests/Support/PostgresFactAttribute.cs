using Xunit;

namespace ActorNode.Tests.Support;

/// <summary>A test that needs a PostgreSQL server: skipped where none is installed, except under CI=true, where it fails then.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresSkip.Reason;
}

/// <summary>As <see cref="PostgresFactAttribute"/>, with data.</summary>
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PostgresSkip.Reason;
}

internal static class PostgresSkip
{
    public static string? Reason =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase) ? null : PostgresServer.Unavailable;
}
