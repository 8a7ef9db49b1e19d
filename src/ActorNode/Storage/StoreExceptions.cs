namespace ActorNode.Storage;

/// <summary>The store as a whole does not work at the moment; trying again later may help.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// True when the transaction may be durable all the same, because the connection broke during its commit. False: nothing of it is.
    /// </summary>
    public bool OutcomeUnknown { get; init; }
}

/// <summary>The store cannot be opened and trying again does not help: wrong schema, in use, bad settings. The message is for operators.</summary>
public class StoreOpenException(string message, Exception? inner = null) : Exception(message, inner);
