using Akka.Embedded.Tests.Api;
using Akka.Util;
using Xunit;

namespace Akka.Embedded.Tests.Engine;

public sealed class TypeNamesSpec
{
    [Theory(DisplayName = "Names with an assembly of Akka.NET find the engine's types")]
    [InlineData("Akka.Actor.PoisonPill, Akka", typeof(Akka.Actor.PoisonPill))]
    [InlineData("Akka.Actor.PoisonPill, Akka, Version=1.5.30.0, Culture=neutral, PublicKeyToken=null", typeof(Akka.Actor.PoisonPill))]
    [InlineData("Akka.Actor.PoisonPill", typeof(Akka.Actor.PoisonPill))]
    [InlineData("System.Collections.Generic.List`1[[Akka.Actor.Identify, Akka]]", typeof(List<Akka.Actor.Identify>))]
    [InlineData("Akka.Actor.PoisonPill, Akka.Embedded", typeof(Akka.Actor.PoisonPill))]
    [InlineData("System.String", typeof(string))]
    [InlineData("No.Such.Type, Akka", null)]
    [InlineData("No.Such.Type, No.Such.Assembly", null)]
    public void Finds_types(string name, Type? expected) => Assert.Equal(expected, TypeNames.Find(name));

    [Fact(DisplayName = "A manifest has no versions, those of generic arguments included")]
    public void Manifests()
    {
        Assert.Equal("Akka.Embedded.Tests.Engine.TypeNamesSpec, Akka.Embedded.Tests", TypeNames.Of(typeof(TypeNamesSpec)));
        Assert.Equal("System.Collections.Generic.List`1[[Akka.Embedded.Tests.Engine.TypeNamesSpec, Akka.Embedded.Tests]], System.Private.CoreLib",
            TypeNames.Of(typeof(List<TypeNamesSpec>)));
    }

    [Fact(DisplayName = "Each type of the engine is written under the assembly that Akka.NET has it in, and found by that name")]
    public void Engines_types()
    {
        var assemblies = ApiListing.AssembliesOfPackages();
        var exported = new[] { typeof(Akka.Actor.ActorSystem).Assembly, System.Reflection.Assembly.Load("Akka.Embedded.TestKit") }
            .SelectMany(assembly => assembly.GetExportedTypes()).ToList();
        Assert.True(exported.Count > 300);
        Assert.All(exported, type =>
        {
            var name = TypeNames.Of(type);
            Assert.EndsWith(", " + assemblies[ApiListing.Name(type)], name, StringComparison.Ordinal);
            Assert.Equal(type, TypeNames.Find(name));
        });
    }
}
