using System.Collections.Immutable;
using ActorNode.Protocol.Forging;

namespace ActorNode.Forging.Watermarks;

/// <summary>What is asked of the watermarks: may this be signed?</summary>
/// <param name="PayloadHash">64 small hexadecimal digits.</param>
internal readonly record struct MarkRequest(ForgeKind Kind, ChainName Chain, LevelRound At, string PayloadHash, WatermarkRule Rule, bool Force);

/// <summary>What the watermarks say.</summary>
internal enum MarkVerdict
{
    /// <summary>Yes, once the mark is raised.</summary>
    Raise,

    /// <summary>Yes, as it is: the mark was raised for the same payload, or there is none for its kind.</summary>
    Sign,

    /// <summary>It was signed before: here is the signature.</summary>
    Stored,

    /// <summary>It should not be, and whoever asks takes the risk.</summary>
    Force,

    /// <summary>No.</summary>
    Refuse,
}

/// <param name="Signature">Of <see cref="MarkVerdict.Stored"/>.</param>
/// <param name="Refusal">Of <see cref="MarkVerdict.Refuse"/> and <see cref="MarkVerdict.Force"/>: why not.</param>
internal readonly record struct MarkDecision(MarkVerdict Verdict, string? Signature = null, MarkRefusal? Refusal = null);

/// <summary>Why something is not signed, in the words of the programs whose rules these are.</summary>
internal sealed record MarkRefusal(string Code, string Text);

/// <summary>
/// The watermarks of one key: for each chain and kind the highest level and round that it was allowed to sign. Immutable; no clock, no I/O.
/// No event lowers a mark, so of two payloads for one level and round at most one is ever allowed (but see <see cref="MarkVerdict.Force"/>).
/// </summary>
internal sealed record WatermarkSet(ImmutableArray<Watermark> Marks)
{
    public static readonly WatermarkSet Empty = new(ImmutableArray<Watermark>.Empty);

    /// <summary>Null when nothing of the kind was ever allowed.</summary>
    public Watermark? Find(ChainName chain, ForgeKind kind)
    {
        // A key has three marks on each of very few chains.
        foreach (var mark in Marks)
        {
            if (mark.Kind == kind && mark.Chain == chain)
                return mark;
        }

        return null;
    }

    public MarkDecision Decide(in MarkRequest request)
    {
        if (request.Kind == ForgeKind.Operation)
            return new(MarkVerdict.Sign);
        if (Find(request.Chain, request.Kind) is not { } mark || mark.At < request.At)
            return new(MarkVerdict.Raise);
        if (request.Rule == WatermarkRule.Signer && mark.At == request.At && mark.PayloadHash == request.PayloadHash)
            return mark.Signature is { } signature ? new(MarkVerdict.Stored, signature) : new(MarkVerdict.Sign);
        return new(request.Force ? MarkVerdict.Force : MarkVerdict.Refuse, Refusal: Refusals.Of(request, mark));
    }

    /// <summary>Replay of the same events gives the same marks. An event that would lower a mark changes nothing.</summary>
    public WatermarkSet Apply(IMarkEvent markEvent) => markEvent switch
    {
        MarkRaised raised => Sign(raised.Signed).Raise(raised.ToMark()),
        MarkImported imported => Raise(imported.ToMark()),
        MarkSigned signed => Sign(signed),
        // Changes no mark: kept as a record of what an operator did.
        MarkForced forced => Sign(forced.Signed),
        _ => throw new ArgumentException($"{markEvent.GetType().Name} is no event of watermarks", nameof(markEvent)),
    };

    private WatermarkSet Raise(Watermark mark)
    {
        var i = IndexOf(mark.Chain, mark.Kind);
        if (i < 0)
            return new(Marks.Add(mark));
        return mark.At > Marks[i].At ? new(Marks.SetItem(i, mark)) : this;
    }

    /// <summary>A signature of a mark that was raised further since, or of a payload that was forced, has no place.</summary>
    private WatermarkSet Sign(MarkSigned? signed)
    {
        if (signed is null)
            return this;
        var i = IndexOf(new ChainName(signed.Chain), signed.Kind);
        return i >= 0 && Marks[i] is var mark && mark.At == new LevelRound(signed.Level, signed.Round) && mark.PayloadHash == signed.Hash
            ? new(Marks.SetItem(i, mark with { Signature = signed.Signature }))
            : this;
    }

    private int IndexOf(ChainName chain, ForgeKind kind)
    {
        for (var i = 0; i < Marks.Length; i++)
        {
            if (Marks[i].Kind == kind && Marks[i].Chain == chain)
                return i;
        }

        return -1;
    }
}
