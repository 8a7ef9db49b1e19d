namespace ActorNode.Storage.Sqlite;

/// <summary>
/// The newest entries of the id index, in memory, divided into buckets by the top bits of their hash. A bucket is a contiguous part of
/// the index, so moving whole buckets there in turn touches few of its pages, where each entry for itself would touch one of its own.
/// Adding and removing belongs to the writer; <see cref="Find"/> may be called by any thread meanwhile.
/// </summary>
internal sealed class IdBuffer
{
    /// <summary>Buckets; a part of the stored format, because the log of the buffer names buckets.</summary>
    public const int Buckets = 1024;

    private const int Shift = 64 - 10;

    private readonly Bucket[] _buckets = new Bucket[Buckets];

    /// <summary>Entries in all buckets.</summary>
    public int Count { get; private set; }

    /// <summary>The bucket that a hash belongs to. Buckets are in the order of the hashes as signed numbers.</summary>
    public static int BucketOf(long hash) => (int)((ulong)(hash ^ long.MinValue) >> Shift);

    public void Add(IdEntry entry)
    {
        lock (_buckets)
        {
            _buckets[BucketOf(entry.Hash)].Add(entry);
            Count++;
        }
    }

    /// <summary>Entries of one bucket, in the order in which they were added.</summary>
    public void CopyTo(int bucket, List<IdEntry> entries)
    {
        ref var source = ref _buckets[bucket];
        for (var i = 0; i < source.Count; i++)
            entries.Add(new IdEntry(source.Hashes[i], source.Keys[i]));
    }

    public void Clear(int bucket)
    {
        lock (_buckets)
        {
            Count -= _buckets[bucket].Count;
            _buckets[bucket].Count = 0;
        }
    }

    /// <summary>
    /// The keys of the messages whose ids have that hash, appended to <paramref name="keys"/>. They are candidates: only the message
    /// itself tells whether it has the id that is looked for, and whether it is still there.
    /// </summary>
    public void Find(long hash, List<long> keys)
    {
        lock (_buckets)
        {
            ref var bucket = ref _buckets[BucketOf(hash)];
            var from = 0;
            while (bucket.Hashes.AsSpan(from, bucket.Count - from).IndexOf(hash) is >= 0 and var at)
            {
                keys.Add(bucket.Keys[from + at]);
                from += at + 1;
            }
        }
    }

    private struct Bucket
    {
        public long[] Hashes;
        public long[] Keys;
        public int Count;

        public void Add(IdEntry entry)
        {
            if (Hashes is null || Count == Hashes.Length)
            {
                Array.Resize(ref Hashes, Math.Max(16, Count + (Count / 2)));
                Array.Resize(ref Keys, Hashes.Length);
            }

            Hashes[Count] = entry.Hash;
            Keys[Count++] = entry.Key;
        }
    }
}

/// <summary>
/// An entry of the id index: the hash of account and message id, and the key of the message. A negative key takes the entry out.
/// </summary>
internal readonly record struct IdEntry(long Hash, long Key);
