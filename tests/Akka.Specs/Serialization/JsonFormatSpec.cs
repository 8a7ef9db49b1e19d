using System.Text;

namespace Specs.Serialization;

/// <summary>What serializer 1 writes is in databases: its bytes are the same on either engine.</summary>
public sealed class JsonFormatSpec : Spec
{
    private const string Here = "Specs.Serialization.JsonFormatSpec+";

    [Fact(DisplayName = "An object has its id and type first, its numbers keep their type, and what has its default value is left out")]
    public void Object() => Writes(
        new Payment { Id = 5, Name = "x", Big = 6_000_000_000, Ratio = 1.5, Single = 0.25f, Price = 12.30m, Empty = null, Zero = 0, When = Direction.Back },
        $$$"""
        {"$id":"1","$type":"{{{Here}}}Payment, Akka.Specs","Id":{"$":"I5"},"Name":"x","Big":6000000000,"Ratio":1.5,"Single":{"$":"F0.25"},"Price":{"$":"M12.30"},"When":1}
        """);

    [Fact(DisplayName = "A list is an array with its type beside it; its items keep theirs, and one that comes again is a reference")]
    public void List()
    {
        var twice = new Node { Name = "n" };
        Writes(
            new Nodes { All = [twice, twice], Numbers = [1, 2] },
            $$$"""
            {"$id":"1","$type":"{{{Here}}}Nodes, Akka.Specs","All":{"$type":"System.Collections.Generic.List`1[[{{{Here}}}Node, Akka.Specs]], System.Private.CoreLib","$values":[{"$id":"2","$type":"{{{Here}}}Node, Akka.Specs","Name":"n"},{"$ref":"2"}]},"Numbers":{"$type":"System.Int32[], System.Private.CoreLib","$values":[{"$":"I1"},{"$":"I2"}]}}
            """);
    }

    [Theory(DisplayName = "A number or a text alone is itself, an integer in the form that keeps its type")]
    [InlineData(7, """{"$":"I7"}""")]
    [InlineData(7L, "7")]
    [InlineData(1.5f, """{"$":"F1.5"}""")]
    [InlineData("text", "\"text\"")]
    [InlineData(true, "true")]
    public void Alone(object value, string json) => Writes(value, json);

    [Fact(DisplayName = "A reference is its surrogate, a type of Akka's, with the assembly that Akka.NET has it in")]
    public void Reference() => Writes(
        new Letter { To = TestActor },
        $$$"""
        {"$id":"1","$type":"{{{Here}}}Letter, Akka.Specs","To":{"$id":"2","$type":"Akka.Actor.ActorRefBase+Surrogate, Akka","Path":"{{{PathOf(TestActor)}}}"}}
        """);

    [Fact(DisplayName = "A message of Akka's is written with Akka.NET's assembly, also as an argument of a generic type")]
    public void Akkas_types()
    {
        Writes(new Identify("id"), """{"$id":"1","$type":"Akka.Actor.Identify, Akka","MessageId":"id"}""");
        Writes(
            new Akka.Cluster.Sharding.ShardingEnvelope("e", "m"),
            """{"$id":"1","$type":"Akka.Cluster.Sharding.ShardingEnvelope, Akka.Cluster.Sharding","EntityId":"e","Message":"m"}""");
        Writes(
            new List<Identify>(),
            """{"$type":"System.Collections.Generic.List`1[[Akka.Actor.Identify, Akka]], System.Private.CoreLib","$values":[]}""");
    }

    [Fact(DisplayName = "Immutable messages come back whole: through a constructor or through setters that are not public")]
    public void Immutable()
    {
        Assert.Equal("r", Back(new Made("r", 3)).Name);
        Assert.Equal(3, Back(new Made("r", 3)).Count);
        Assert.Equal("s", Back(Sealed.Of("s")).Name);
    }

    [Fact(DisplayName = "A number that may be missing comes back, and so does its absence")]
    public void Nullable()
    {
        Assert.Equal(4, Back(new Perhaps { Number = 4 }).Number);
        Assert.Null(Back(new Perhaps()).Number);
    }

    [Fact(DisplayName = "The manifest of a type has namespace, name and assembly and no version, generic arguments included")]
    public void Manifests()
    {
        Assert.Equal(Here + "Node, Akka.Specs", Akka.Util.TypeExtensions.TypeQualifiedName(typeof(Node)));
        Assert.Equal("Akka.Actor.Identify, Akka", Akka.Util.TypeExtensions.TypeQualifiedName(typeof(Identify)));
        Assert.Equal("System.String, System.Private.CoreLib", Akka.Util.TypeExtensions.TypeQualifiedName(typeof(string)));
        Assert.Equal(
            $"System.Collections.Generic.Dictionary`2[[System.String, System.Private.CoreLib],[{Here}Node, Akka.Specs]], System.Private.CoreLib",
            Akka.Util.TypeExtensions.TypeQualifiedName(typeof(Dictionary<string, Node>)));
        Assert.Equal(Here + "Node[], Akka.Specs", Akka.Util.TypeExtensions.TypeQualifiedName(typeof(Node[])));
    }

    private void Writes(object value, string json)
    {
        var serializer = Sys.Serialization.FindSerializerFor(value);
        Assert.Equal(1, serializer.Identifier);
        var bytes = serializer.ToBinary(value);
        Assert.Equal(json.Trim(), Encoding.UTF8.GetString(bytes));
        Assert.Equal(json.Trim(), Encoding.UTF8.GetString(serializer.ToBinary(serializer.FromBinary(bytes, null!))));
    }

    private T Back<T>(T value) where T : notnull
    {
        var serializer = Sys.Serialization.FindSerializerFor(value);
        return Assert.IsType<T>(serializer.FromBinary(serializer.ToBinary(value), null!));
    }

    private string PathOf(IActorRef actor) => actor.Path.ToSerializationFormat();

    internal enum Direction
    {
        Forth,
        Back
    }

    internal sealed class Payment
    {
        public int Id { get; set; }

        public string? Name { get; set; }

        public long Big { get; set; }

        public double Ratio { get; set; }

        public float Single { get; set; }

        public decimal Price { get; set; }

        public string? Empty { get; set; }

        public int Zero { get; set; }

        public Direction When { get; set; }
    }

    internal sealed class Node
    {
        public string? Name { get; set; }
    }

    internal sealed class Nodes
    {
        public List<Node> All { get; set; } = [];

        public int[] Numbers { get; set; } = [];
    }

    internal sealed class Letter
    {
        public IActorRef? To { get; set; }
    }

    internal sealed class Perhaps
    {
        public int? Number { get; set; }
    }

    internal sealed record Made(string Name, int Count);

    internal sealed class Sealed
    {
        private Sealed()
        {
        }

        public string Name { get; private set; } = "";

        public static Sealed Of(string name) => new() { Name = name };
    }
}
