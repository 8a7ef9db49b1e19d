using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorNode.Storage.Sqlite;

/// <summary>
/// Makes a new file's name survive a power loss. SQLite flushes the folder when it creates a log file, but not the folder's own name in
/// its parent.
/// </summary>
internal static class DurableFolder
{
    private const int ReadOnly = 0;

    /// <summary>Flushes the folder and its parents, as far as the node may read them.</summary>
    public static void Flush(string folder)
    {
        // On Windows a folder cannot be flushed; NTFS journals names by itself.
        if (OperatingSystem.IsWindows())
            return;
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            var descriptor = Open(at, ReadOnly);
            if (descriptor < 0)
                return;
            using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
            RandomAccess.FlushToDisk(handle);
        }
    }

    /// <summary>Flushes the folder alone: names within it are durable then.</summary>
    /// <exception cref="IOException">It cannot be flushed.</exception>
    public static void FlushOne(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
            throw new IOException($"The folder {folder} cannot be opened to flush it (error {Marshal.GetLastPInvokeError()}).");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
