namespace Akka.Persistence.Serialization;

/// <summary>What the message serializer of persistence (id 7) writes.</summary>
public interface IMessage;
