namespace ActorNode.Server.Transfer;

/// <summary>
/// Keeps the state of an import up to date while it runs: once a second and at its end, whichever way it ends. A complete import leaves no
/// state. Where none can be written, the import goes on without: it then could not be resumed, and says so once.
/// </summary>
internal sealed class ImportCheckpoints(string input, string url, Watermark watermark, TimeProvider clock, TextWriter error)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private InputPlace _saved = watermark.Place;
    private bool _unwritable;

    /// <summary>Runs the import. Throws what it throws.</summary>
    public async Task KeepAsync(Func<CancellationToken, Task> import, CancellationToken cancellationToken)
    {
        var work = import(cancellationToken);
        try
        {
            using var timer = new PeriodicTimer(Every, clock);
            while (await Task.WhenAny(work, timer.WaitForNextTickAsync(CancellationToken.None).AsTask()) != work)
                await SaveAsync();
            await work;
        }
        finally
        {
            await EndAsync();
        }
    }

    private async Task EndAsync()
    {
        if (watermark.Place.Offset == new FileInfo(input).Length)
            ImportState.Delete(input);
        else
            await SaveAsync();
    }

    private async Task SaveAsync()
    {
        var place = watermark.Place;
        if (_unwritable || place.Offset == _saved.Offset)
            return;
        try
        {
            var fingerprint = await ImportState.FingerprintAsync(input, place.Offset, CancellationToken.None)
                ?? throw new IOException($"{input} became shorter while it was read");
            await new ImportState(url, place.Offset, place.Line, fingerprint).SaveAsync(input, CancellationToken.None);
            _saved = place;
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            _unwritable = true;
            await error.WriteLineAsync($"this import cannot be resumed, its state cannot be written: {unwritable.Message}");
        }
    }
}
