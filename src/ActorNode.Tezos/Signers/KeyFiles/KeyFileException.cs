namespace ActorNode.Tezos.Signers.KeyFiles;

/// <summary>A key file or its folder cannot be read, opened or written. The message names the file and the rule, and no secret.</summary>
public sealed class KeyFileException(string message, Exception? inner = null) : Exception(message, inner);
