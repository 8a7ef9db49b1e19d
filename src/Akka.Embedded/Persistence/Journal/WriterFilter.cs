using Akka.Configuration;
using Akka.Event;
using Akka.Pattern;

namespace Akka.Persistence.Journal;

/// <summary>The settings <c>replay-filter</c> of a journal.</summary>
internal sealed record ReplayFilterSettings(ReplayFilterMode Mode, int WindowSize, int MaxOldWriters, bool Debug)
{
    public static ReplayFilterSettings From(Config config)
    {
        var mode = config.GetString("replay-filter.mode");
        return new ReplayFilterSettings(
            mode?.ToLowerInvariant() switch
            {
                "off" or "false" or "no" => ReplayFilterMode.Disabled,
                "repair-by-discard-old" => ReplayFilterMode.RepairByDiscardOld,
                "fail" => ReplayFilterMode.Fail,
                "warn" => ReplayFilterMode.Warn,
                _ => throw new ConfigurationException(
                    $"replay-filter.mode is [{mode}]: it must be off, repair-by-discard-old, fail or warn")
            },
            config.GetInt("replay-filter.window-size"), config.GetInt("replay-filter.max-old-writers"), config.GetBoolean("replay-filter.debug"));
    }

    public WriterFilter? NewFilter(Action<IPersistentRepresentation> next, ILoggingAdapter log) =>
        Mode == ReplayFilterMode.Disabled ? null : new WriterFilter(this, log, next);
}

/// <summary>
/// Finds events of writers that overlapped: of a writer that was followed by another one already, or numbered at or above what the next
/// writer begins with. Holds back as many events as the window has, since only then it is seen. For one replay, from one thread at a time.
/// </summary>
internal sealed class WriterFilter(ReplayFilterSettings settings, ILoggingAdapter log, Action<IPersistentRepresentation> next)
{
    private readonly Queue<string> _oldWriters = new();
    private Queue<IPersistentRepresentation> _window = new();
    private string _writer = "";
    private long _sequenceNr = -1;

    /// <summary>Why nothing goes through any more, in the mode that fails.</summary>
    public Exception? Failure { get; private set; }

    public void Add(IPersistentRepresentation stored)
    {
        if (Failure is not null)
            return;
        if (settings.Debug)
            log.Debug("Replay: {Event}", stored);
        if (_window.Count == settings.WindowSize)
            next(_window.Dequeue());
        var writer = stored.WriterGuid ?? "";
        if (writer != _writer)
        {
            if (_oldWriters.Contains(writer))
                Suspicious(stored, "is of a writer that had been followed by another one, whose last event was");
            else
                BeginWriter(writer, stored);
        }
        else if (stored.SequenceNr < _sequenceNr)
        {
            // An equal number is right: an event adapter made several events of one.
            Suspicious(stored, "is of the same writer as, but came after");
        }
        else
        {
            _sequenceNr = stored.SequenceNr;
            _window.Enqueue(stored);
        }
    }

    /// <summary>Lets through what is still held back.</summary>
    public void Finish()
    {
        if (Failure is not null)
            return;
        while (_window.TryDequeue(out var held))
            next(held);
    }

    private void BeginWriter(string writer, IPersistentRepresentation stored)
    {
        if (_writer.Length > 0)
            _oldWriters.Enqueue(_writer);
        if (_oldWriters.Count > settings.MaxOldWriters)
            _oldWriters.Dequeue();
        (_writer, _sequenceNr) = (writer, stored.SequenceNr);

        var held = _window;
        _window = new Queue<IPersistentRepresentation>(held.Count + 1);
        foreach (var older in held)
        {
            if (older.SequenceNr < stored.SequenceNr)
                _window.Enqueue(older);
            else
                Suspicious(older, "is of an older writer, but not below what a newer one began with:");
        }

        if (Failure is null)
            _window.Enqueue(stored);
    }

    private void Suspicious(IPersistentRepresentation stored, string what)
    {
        var text = $"The replayed event [sequenceNr={stored.SequenceNr}, writerUUID={stored.WriterGuid}] of [{stored.PersistenceId}] {what} "
            + $"[sequenceNr={_sequenceNr}, writerUUID={_writer}]. Perhaps two actors had this persistence id at a time";
        switch (settings.Mode)
        {
            case ReplayFilterMode.Fail:
                log.Error(text);
                Failure ??= new IllegalStateException(text);
                _window.Clear();
                break;
            case ReplayFilterMode.Warn:
                log.Warning(text);
                _window.Enqueue(stored);
                break;
            default:
                log.Warning(text);
                break;
        }
    }
}
