namespace ActorNode.Storage.Sqlite;

/// <summary>
/// One node at a time: an exclusive lock of the operating system on a file beside the database. A second node, in this process or
/// another, hits it at once; it ends with its process, however that ends. The file stays and means nothing by itself.
/// </summary>
internal static class FileOwnership
{
    /// <exception cref="StoreOpenException">Another node has the database open, or the lock file cannot be created.</exception>
    public static FileStream Take(string database) => TakeFile($"{database}.lock", database);

    /// <summary>As <see cref="Take"/>, by a lock file of another name.</summary>
    /// <exception cref="StoreOpenException">Another node has it open, or the lock file cannot be created.</exception>
    public static FileStream TakeFile(string path, string database)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new StoreOpenException($"{path} is not writable for this user.", failure);
        }
        catch (IOException failure) when (File.Exists(path))
        {
            throw new StoreOpenException($"{database} is in use by another node ({failure.Message.TrimEnd('.')}).", failure);
        }
        catch (IOException failure)
        {
            throw new StoreOpenException($"{path} cannot be created: {failure.Message}", failure);
        }
    }
}
