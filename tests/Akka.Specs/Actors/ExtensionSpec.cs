namespace Specs.Actors;

public sealed class ExtensionSpec : Spec
{
    [Fact(DisplayName = "An extension is made when it is asked for first, and once")]
    public void Made_once()
    {
        Assert.False(Sys.HasExtension<Counted>());
        Assert.Null(Sys.GetExtension<Counted>());
        var extension = Sys.WithExtension<Counted, CountedId>();
        Assert.True(Sys.HasExtension<Counted>());
        Assert.Same(extension, Sys.WithExtension<Counted>(typeof(CountedId)));
        Assert.Same(extension, new CountedId().Apply(Sys));
        Assert.Same(extension, Sys.GetExtension(new CountedId()));
        Assert.Same(Sys, extension.System);
    }

    [Fact(DisplayName = "Asking for an extension that is not registered gives nothing")]
    public void Not_registered()
    {
        Assert.Null(Sys.GetExtension(new CountedId()));
        Assert.False(Sys.TryGetExtension<Counted>(out _));
    }

    [Fact(DisplayName = "An extension that could not be made is not tried again: everybody gets the first exception")]
    public void Failed_once()
    {
        Assert.Throws<Boom>(() => Sys.WithExtension<Failing>(typeof(FailingId)));
        Assert.Throws<Boom>(() => Sys.WithExtension<Failing>(typeof(FailingId)));
    }

    private sealed class Counted(ActorSystem system) : IExtension
    {
        public ActorSystem System { get; } = system;
    }

    private sealed class CountedId : ExtensionIdProvider<Counted>
    {
        public override Counted CreateExtension(ExtendedActorSystem system) => new(system);
    }

    private sealed class Failing : IExtension;

    private sealed class FailingId : ExtensionIdProvider<Failing>
    {
        public override Failing CreateExtension(ExtendedActorSystem system)
        {
            // A second attempt would fail otherwise: the name is taken.
            system.ActorOf(Props.Empty, "half-made");
            throw new Boom("extension");
        }
    }
}
