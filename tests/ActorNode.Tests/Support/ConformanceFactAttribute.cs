using System.ComponentModel;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace ActorNode.Tests.Support;

/// <summary>
/// A test of an abstract class. It is skipped in derived classes that <see cref="NeedsPostgresAttribute"/> marks where no server is
/// installed, and runs in all others.
/// </summary>
[XunitTestCaseDiscoverer("ActorNode.Tests.Support.ConformanceDiscoverer", "ActorNode.Tests")]
public sealed class ConformanceFactAttribute : FactAttribute;

/// <summary>The class's <see cref="ConformanceFactAttribute"/> tests need a PostgreSQL server.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsPostgresAttribute : Attribute;

/// <summary>Finds the tests of <see cref="ConformanceFactAttribute"/>.</summary>
public sealed class ConformanceDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ConformanceTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

/// <summary>A test whose class decides whether it is skipped.</summary>
public sealed class ConformanceTestCase : XunitTestCase
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("The test runner restores a test case by this.")]
    public ConformanceTestCase()
    {
    }

    public ConformanceTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod testMethod)
        : base(diagnostics, display, options, testMethod)
    {
    }

    /// <inheritdoc/>
    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsPostgresAttribute)).Any() ? PostgresSkip.Reason : base.GetSkipReason(factAttribute);
}
