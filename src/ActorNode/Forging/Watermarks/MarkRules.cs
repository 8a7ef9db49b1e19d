using ActorNode.Protocol.Forging;
using ActorNode.Protocol.Messages;

namespace ActorNode.Forging.Watermarks;

/// <summary>What a mark from outside must be. Pure.</summary>
internal static class MarkRules
{
    public const int MaxMarks = 1_000;
    private const int HashDigits = 64;

    /// <summary>What is wrong with an import, or null.</summary>
    public static string? Problem(ForgeCommands.ImportMarks import)
    {
        if (TextRule.Problem(import.Key.Value) is { } key)
            return $"key {key}";
        if (import.Marks.IsDefaultOrEmpty)
            return "marks is empty";
        if (import.Marks.Length > MaxMarks)
            return $"marks has {import.Marks.Length} entries, the limit is {MaxMarks}";
        for (var i = 0; i < import.Marks.Length; i++)
        {
            if (Problem(import.Marks[i]) is { } problem)
                return $"marks[{i}].{problem}";
        }

        return null;
    }

    private static string? Problem(Watermark mark)
    {
        if (mark.Kind is not (ForgeKind.Block or ForgeKind.Preattestation or ForgeKind.Attestation))
            return $"kind {mark.Kind} has no watermark";
        if (TextRule.Problem(mark.Chain.Value) is { } chain)
            return $"chain {chain}";
        if (mark.At.Level < 0)
            return "level is negative";
        if (mark.At.Round < 0)
            return "round is negative";
        if (mark.PayloadHash is { } hash && !(hash.Length == HashDigits && hash.All(char.IsAsciiHexDigitLower)))
            return $"payloadHash is not {HashDigits} small hexadecimal digits";
        if (mark.Signature is not { } signature)
            return null;
        return mark.PayloadHash is null ? "signature stands without a payloadHash" : TextRule.Problem(signature) is { } problem ? $"signature {problem}" : null;
    }
}
