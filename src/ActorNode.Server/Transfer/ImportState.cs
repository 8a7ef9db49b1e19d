using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorNode.Server.Transfer;

/// <summary>
/// How far an import came: everything before <see cref="Offset"/> is stored at <see cref="Url"/>. Kept in a small file beside the input, so that
/// the same command goes on where it stopped.
/// </summary>
/// <param name="Url">The node.</param>
/// <param name="Offset">Bytes of the input that are done.</param>
/// <param name="Line">The number of the line that starts there.</param>
/// <param name="Fingerprint">Of what lies before the offset; see <see cref="FingerprintAsync"/>.</param>
public sealed record ImportState(string Url, long Offset, long Line, string Fingerprint)
{
    private const int Sample = 64 * 1024;

    /// <summary>The state file of an input.</summary>
    public static string PathOf(string input) => input + ".import-state";

    /// <summary>
    /// Reads the state of an input. Null where there is none, where it speaks of another node, or where what lies before the offset has changed
    /// since; lines behind it may have changed, since nothing was done with them yet.
    /// </summary>
    public static async Task<ImportState?> LoadAsync(string input, string url, CancellationToken cancellationToken)
    {
        var path = PathOf(input);
        if (!File.Exists(path))
            return null;
        try
        {
            var state = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(path, cancellationToken), ImportStateJson.Default.ImportState);
            return state is { Offset: > 0, Line: > 0 }
                && state.Url == url
                && state.Fingerprint == await FingerprintAsync(input, state.Offset, cancellationToken)
                ? state
                : null;
        }
        catch (JsonException)
        {
            // Not a state of ours. Starting over is safe: what is stored already counts as a duplicate.
            return null;
        }
    }

    /// <summary>Writes the state beside the input, in one step: a crash leaves the old one or the new one.</summary>
    public async Task SaveAsync(string input, CancellationToken cancellationToken)
    {
        var path = PathOf(input);
        var next = path + ".new";
        await using (var file = File.Create(next))
        {
            await JsonSerializer.SerializeAsync(file, this, ImportStateJson.Default.ImportState, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>Forgets the state: the import is complete.</summary>
    public static void Delete(string input) => File.Delete(PathOf(input));

    /// <summary>A hash of the input's start and of what lies just before the offset; null where the input is shorter than that.</summary>
    public static async Task<string?> FingerprintAsync(string input, long offset, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(input);
        if (file.Length < offset)
            return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Sample];
        foreach (var start in (long[])[0, Math.Max(0, offset - Sample)])
        {
            file.Position = start;
            var part = buffer.AsMemory(0, (int)Math.Min(Sample, offset - start));
            await file.ReadExactlyAsync(part, cancellationToken);
            hash.AppendData(part.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ImportState))]
internal sealed partial class ImportStateJson : JsonSerializerContext;
