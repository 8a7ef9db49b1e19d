namespace Akka.TestKit;

/// <summary>A test class with this marker does not send as its test actor: <c>Tell</c> without a sender has none.</summary>
public interface INoImplicitSender;
