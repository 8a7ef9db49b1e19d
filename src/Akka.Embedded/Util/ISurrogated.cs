using Akka.Actor;

namespace Akka.Util;

/// <summary>The wire form of an object that cannot be serialized itself.</summary>
public interface ISurrogate
{
    ISurrogated FromSurrogate(ActorSystem system);
}

/// <summary>An object that is written as its <see cref="ISurrogate"/> and rebuilt from it on the receiving side.</summary>
public interface ISurrogated
{
    ISurrogate ToSurrogate(ActorSystem system);
}
