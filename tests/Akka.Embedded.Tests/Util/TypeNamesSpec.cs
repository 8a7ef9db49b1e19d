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
}
