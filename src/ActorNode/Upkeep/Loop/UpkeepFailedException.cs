namespace ActorNode.Upkeep;

/// <summary>What ends the loop: a critical object that cannot be persisted, or a step that keeps failing.</summary>
internal sealed class UpkeepFailedException(string message, Exception? cause) : Exception(message, cause);
