namespace ActorNode.Tezos.Signers.KeyFiles;

/// <summary>What a guess at a passphrase costs: memory is 128 * N * R bytes.</summary>
public sealed record ScryptCost(int N, int R, int P)
{
    /// <summary>32 MiB and about a tenth of a second.</summary>
    public static readonly ScryptCost Default = new(N: 32_768, R: 8, P: 1);

    private const long MostMemory = 256L * 1024 * 1024;

    /// <summary>Why a file's numbers are not computed with; null when they are.</summary>
    internal string? Problem() =>
        N < 2 || (N & (N - 1)) != 0 ? $"scrypt n: {N}, must be a power of two"
        : R is < 1 or > 64 ? $"scrypt r: {R}, must be 1 to 64"
        : P is < 1 or > 16 ? $"scrypt p: {P}, must be 1 to 16"
        : 128L * N * R > MostMemory ? $"scrypt n and r: {128L * N * R} bytes of memory, must be {MostMemory} at most"
        : null;
}
