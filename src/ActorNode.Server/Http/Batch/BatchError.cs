namespace ActorNode.Server.Http.Batch;

/// <summary>Why a batch is refused as a whole: the rule, in words that follow the field's name.</summary>
internal sealed record BatchError(int Line, string Field, string Rule)
{
    /// <summary>The account, where the rule is about what one account gets.</summary>
    public string? Account { get; init; }

    /// <summary>True when a limit is exceeded: send it in parts.</summary>
    public bool TooLarge { get; init; }

    /// <summary>As the client sees it. Line 0: the batch as a whole.</summary>
    public Problem ToProblem() => new(
        TooLarge ? 413 : 400,
        TooLarge ? "Content too large" : "Bad request",
        Line > 0 ? $"line {Line}: {Field} {Rule}" : $"{Field} {Rule}")
    {
        Field = Field,
        Line = Line > 0 ? Line : null,
        Account = Account,
    };
}
