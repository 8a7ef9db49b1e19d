using System.ComponentModel;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Specs.Persistence.Support;

/// <summary>A test of an abstract class over a store. Derived classes that need what is not there say so by <see cref="StoreRequirementAttribute"/>.</summary>
[XunitTestCaseDiscoverer("Specs.Persistence.Support.StoreFactDiscoverer", "Akka.Specs")]
public sealed class StoreFactAttribute : FactAttribute;

/// <summary>What the store of a class of tests needs, for instance a server.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class StoreRequirementAttribute : Attribute
{
    /// <summary>Why the tests cannot run here; null when they can.</summary>
    public abstract string? Missing { get; }
}

/// <summary>Finds the tests of <see cref="StoreFactAttribute"/>.</summary>
public sealed class StoreFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new StoreTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

/// <summary>A test whose class decides whether it is skipped.</summary>
public sealed class StoreTestCase : XunitTestCase
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("The test runner restores a test case by this.")]
    public StoreTestCase()
    {
    }

    public StoreTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod testMethod)
        : base(diagnostics, display, options, testMethod)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) => TestMethod.TestClass.Class
        .GetCustomAttributes(typeof(StoreRequirementAttribute))
        .OfType<ReflectionAttributeInfo>()
        .Select(requirement => ((StoreRequirementAttribute)requirement.Attribute).Missing)
        .FirstOrDefault(missing => missing is not null) ?? base.GetSkipReason(factAttribute);
}
