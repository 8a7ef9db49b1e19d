namespace ActorNode.Protocol.Forging;

/// <summary>Questions to the forge worker.</summary>
public static class ForgeQueries
{
    /// <summary>One key. Reply: <see cref="ForgeReplies.KeyState"/>.</summary>
    public sealed record StateOf(ConsensusKeyId Key) : IWithConsensusKey;

    /// <summary>The watermarks of one key. Reply: <see cref="ForgeReplies.MarksOfKey"/> or <see cref="ForgeReplies.MarksFailed"/>.</summary>
    public sealed record MarksOf(ConsensusKeyId Key) : IWithConsensusKey;

    /// <summary>All keys; wakes none. Reply: <see cref="ForgeReplies.KeyList"/>.</summary>
    public sealed record Keys
    {
        /// <summary>The only instance.</summary>
        public static readonly Keys Instance = new();

        private Keys()
        {
        }
    }
}
