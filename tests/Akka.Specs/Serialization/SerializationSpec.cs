using System.Text;
using Akka.Serialization;

namespace Specs.Serialization;

public sealed class SerializationSpec : Spec
{
    public SerializationSpec()
        : base("""
            akka.actor {
              serializers.words = "Specs.Serialization.SerializationSpec+WordSerializer, Akka.Specs"
              serialization-bindings {
                "Specs.Serialization.SerializationSpec+IWord, Akka.Specs" = words
              }
              serialization-identifiers {
                "Specs.Serialization.SerializationSpec+WordSerializer, Akka.Specs" = 4711
              }
            }
            """)
    {
    }

    [Fact(DisplayName = "A type bound by its interface is written and read by its serializer, id and manifest")]
    public void Bound_serializer()
    {
        var serializer = Sys.Serialization.FindSerializerFor(new Word("x"));
        Assert.IsType<WordSerializer>(serializer);
        Assert.Equal(4711, serializer.Identifier);
        var manifest = Akka.Serialization.Serialization.ManifestFor(serializer, new Word("x"));
        Assert.Equal("w", manifest);
        var bytes = Sys.Serialization.Serialize(new Word("hello"));
        Assert.Equal("hello", Encoding.UTF8.GetString(bytes));
        Assert.Equal(new Word("hello"), Sys.Serialization.Deserialize(bytes, 4711, manifest));
    }

    [Fact(DisplayName = "Any other object goes by JSON, serializer 1, and comes back equal")]
    public void Json_by_default()
    {
        var message = new Plain("text", 7, [1, 2, 3]);
        var serializer = Sys.Serialization.FindSerializerFor(message);
        Assert.Equal(1, serializer.Identifier);
        var back = Assert.IsType<Plain>(serializer.FromBinary(serializer.ToBinary(message), typeof(Plain)));
        Assert.Equal("text", back.Text);
        Assert.Equal(7, back.Number);
        Assert.Equal([1, 2, 3], back.List);
    }

    [Fact(DisplayName = "Bytes go as they are, serializer 4")]
    public void Bytes()
    {
        var serializer = Sys.Serialization.FindSerializerFor(new byte[] { 1, 2 });
        Assert.Equal(4, serializer.Identifier);
        Assert.Equal(new byte[] { 1, 2 }, serializer.FromBinary(serializer.ToBinary(new byte[] { 1, 2 }), typeof(byte[])));
    }

    [Fact(DisplayName = "A reference in a message comes back as the same actor")]
    public async Task References_survive()
    {
        var message = new WithRef(TestActor);
        var serializer = Sys.Serialization.FindSerializerFor(message);
        var bytes = Akka.Serialization.Serialization.WithTransport((ExtendedActorSystem)Sys, () => serializer.ToBinary(message));
        var back = Assert.IsType<WithRef>(serializer.FromBinary(bytes, typeof(WithRef)));
        Assert.Equal(TestActor, back.Ref);
        back.Ref.Tell("reached");
        await ExpectMsgAsync("reached");
    }

    internal interface IWord;

    internal sealed record Word(string Text) : IWord;

    internal sealed record WithRef(IActorRef Ref);

    internal sealed record Plain(string Text, int Number, List<int> List);

    internal sealed class WordSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override string Manifest(object o) => o is Word ? "w" : throw new ArgumentException($"No manifest for {o.GetType()}");

        public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((Word)obj).Text);

        public override object FromBinary(byte[] bytes, string manifest) =>
            manifest == "w" ? new Word(Encoding.UTF8.GetString(bytes)) : throw new ArgumentException($"No type for {manifest}");
    }
}

public sealed class SerializeMessagesSpec : Spec
{
    public SerializeMessagesSpec() : base("akka.actor.serialize-messages = on")
    {
    }

    [Fact(DisplayName = "With serialize-messages the receiver gets a copy, unless the message asks not to")]
    public async Task Messages_are_copied()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Passes(TestActor)));
        var copied = new Copied { Text = "x" };
        var kept = new Kept { Text = "y" };
        actor.Tell(copied);
        actor.Tell(kept);
        var first = await ExpectMsgAsync<Seen>();
        Assert.NotSame(copied, first.Message);
        Assert.Equal("x", ((Copied)first.Message).Text);
        Assert.Same(kept, (await ExpectMsgAsync<Seen>()).Message);
    }

    private sealed class Copied
    {
        public string Text { get; set; } = "";
    }

    private sealed class Kept : INoSerializationVerificationNeeded
    {
        public string Text { get; set; } = "";
    }

    private sealed record Seen(object Message) : INoSerializationVerificationNeeded;

    private sealed class Passes(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Tell(new Seen(message));
    }
}
