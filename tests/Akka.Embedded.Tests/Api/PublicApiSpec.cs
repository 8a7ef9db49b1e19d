using System.Reflection;
using System.Text.RegularExpressions;
using Akka.Configuration;
using Xunit;

namespace Akka.Embedded.Tests.Api;

/// <summary>
/// Code that compiles against the engine must compile against the packages. So the engine exports nothing that the packages lack, and
/// where it exports a part it exports enough of it that the compiler chooses the same member and asks implementers for the same ones.
/// </summary>
public sealed partial class PublicApiSpec
{
    private static readonly Assembly[] Engine =
        [typeof(Config).Assembly, Assembly.Load(new AssemblyName("Akka.Embedded.TestKit"))];

    private static readonly IReadOnlyList<Type> Exported = Engine.SelectMany(assembly => assembly.GetExportedTypes()).ToList();
    private static readonly IReadOnlyList<ApiLine> Packages = ApiListing.OfPackages();
    private static readonly ILookup<string, ApiLine> PackagesByType = Packages.ToLookup(line => line.Type, StringComparer.Ordinal);

    private static readonly HashSet<string> ExportedNames =
        Exported.Select(type => EngineNames().Match(ApiListing.Name(type)).Value).ToHashSet(StringComparer.Ordinal);

    /// <summary>Only the engine itself implements these: applications use what is there of them.</summary>
    private static readonly string[] NotForImplementers = ["Akka.Actor.IActorRefProvider", "Akka.Actor.ExtendedActorSystem"];

    [Fact(DisplayName = "The engine exports no type or member that the packages lack")]
    public void Exports_nothing_of_its_own()
    {
        var theirs = Packages.Select(line => line.ToString()).ToHashSet(StringComparer.Ordinal);
        Report("lines that the packages lack", Exported.SelectMany(type => ApiListing.Of(type)
            .Where(line => line.IsType ? !SameType(type, line) : !theirs.Contains(line.ToString()))
            .Select(line => line + (line.IsType ? Instead(line) : ""))));
    }

    /// <remarks>
    /// An overload that names a type which the engine lacks may be missing: no call that compiles against the engine can mean it, and a
    /// call that becomes ambiguous by it fails to compile rather than change its meaning.
    /// </remarks>
    [Fact(DisplayName = "Of overloads, and of the accessors of a property, the engine exports all or none")]
    public void Exports_whole_overload_sets() => Report("members missing beside others of the same name", Exported.SelectMany(type =>
    {
        var ours = ApiListing.Of(type).Where(line => !line.IsType).ToHashSet();
        var names = ours.Select(line => line.Name).ToHashSet(StringComparer.Ordinal);
        return PackagesByType[ApiListing.Name(type)]
            .Where(line => !line.IsType && names.Contains(line.Name) && !ours.Contains(line) && NamesOnlyExportedTypes(line))
            .Select(line => line.ToString());
    }));

    [Fact(DisplayName = "Interfaces are complete, and of abstract classes everything that an implementer must provide")]
    public void Asks_implementers_for_the_same() => Report("members missing in interfaces and abstract classes", Exported
        .Where(type => type.IsInterface || (type.IsAbstract && !type.IsSealed))
        .Where(type => !NotForImplementers.Contains(ApiListing.Name(type)))
        .SelectMany(type =>
        {
            var ours = ApiListing.Of(type).ToHashSet();
            return PackagesByType[ApiListing.Name(type)]
                .Where(line => !line.IsType && (type.IsInterface || line.IsAbstract) && !ours.Contains(line))
                .Select(line => line.ToString());
        }));

    [Fact(DisplayName = "No exported type is a record: records export members that the packages lack")]
    public void Exports_no_record() => Report("exported records", Exported.Where(ApiListing.IsRecord).Select(ApiListing.Name));

    [Fact(DisplayName = "The listings and this comparison speak the same form")]
    public void Reads_the_listings()
    {
        Assert.True(Packages.Count > 8_000, $"Only {Packages.Count} lines were read from the listings.");
        Assert.Contains(Packages, line => line is { Type: "Akka.Configuration.Config", Name: "WithFallback" });
        Assert.Equal("AddOrSet", ApiLine.Parse("A.B<T>: static System.Func<T, A<T>> AddOrSet<T>(this System.Func<T, U> f) where T : class").Name);
        Assert.Equal("Value", ApiLine.Parse("A.B: protected virtual System.String get_Value()").Name);
        Assert.Equal("Limit", ApiLine.Parse("A.B: protected static field System.Int32 Limit").Name);
    }

    private static bool SameType(Type type, ApiLine line)
    {
        var inherited = ApiListing.InheritedFromFramework(type);
        var ours = line.TypeWithout(inherited);
        return PackagesByType[line.Type].Any(theirs => theirs.IsType && theirs.TypeWithout(inherited) == ours);
    }

    private static bool NamesOnlyExportedTypes(ApiLine line) =>
        EngineNames().Matches(line.Member).All(name => ExportedNames.Contains(name.Value));

    // Type arguments are found by themselves, as they begin anew with a namespace. Of linq2db the engine has no type.
    [GeneratedRegex(@"\b(Akka|LinqToDB)(\.\w+)+")]
    private static partial Regex EngineNames();

    private static string Instead(ApiLine line) =>
        PackagesByType[line.Type].FirstOrDefault(theirs => theirs.IsType) is { } theirs ? $"\n      packages: {theirs.Member}" : "";

    private static void Report(string what, IEnumerable<string> lines)
    {
        var offending = lines.Order(StringComparer.Ordinal).ToList();
        if (offending.Count > 0)
            Assert.Fail($"{offending.Count} {what}:\n  {string.Join("\n  ", offending)}");
    }
}
