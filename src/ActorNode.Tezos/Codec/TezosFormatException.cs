namespace ActorNode.Tezos.Codec;

/// <summary>Text or bytes that are not what they should be. The message names the field and the rule and never repeats the input: it may be a secret.</summary>
public sealed class TezosFormatException(string message) : FormatException(message);
