using System.Security.Cryptography;
using System.Text;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// Where values and their stamps lie in a folder. Values as in LDK's <c>FilesystemStore</c>: <c>primary/secondary/key</c>, empty namespaces
/// left out. The store's own files are in one more namespace of that layout, so that LDK can go on using the folder.
/// </summary>
internal sealed class FolderLayout(string root)
{
    /// <summary>Marks our temporary files; LDK passes everything by that ends in <c>.tmp</c>.</summary>
    public const string Temporary = ".actornode.tmp";

    /// <summary>The folder itself.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>The store's own namespace.</summary>
    public string Own => Path.Combine(Root, ReplicatedUpkeepStore.OwnNamespace);

    /// <summary>Held open by the node that uses the folder.</summary>
    public string Lock => Path.Combine(Own, "lock");

    /// <summary>The stamps of the values.</summary>
    public string Stamps => Path.Combine(Own, "stamps");

    /// <summary>The stamp of the last removal.</summary>
    public string Removed => Path.Combine(Own, "removed");

    /// <summary>The file of a value.</summary>
    public string ValueOf(UpkeepKey key) => Path.Combine(Root, key.PrimaryNamespace, key.SecondaryNamespace, key.Key);

    /// <summary>The file of a value's stamp.</summary>
    public string StampOf(UpkeepKey key) => Path.Combine(Stamps, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString()))));

    /// <summary>The keys that have a file. What no key can be called is not the store's.</summary>
    public IEnumerable<UpkeepKey> Keys()
    {
        foreach (var key in In("", ""))
            yield return key;
        foreach (var primary in Folders(Root))
        {
            foreach (var key in In(primary, ""))
            {
                if (primary != ReplicatedUpkeepStore.OwnNamespace || key == Place.IdentityKey || key == Place.RestoringKey)
                    yield return key;
            }

            if (primary == ReplicatedUpkeepStore.OwnNamespace)
                continue;
            foreach (var secondary in Folders(Path.Combine(Root, primary)))
            {
                foreach (var key in In(primary, secondary))
                    yield return key;
            }
        }
    }

    /// <summary>Temporary files that a crash left behind.</summary>
    public IEnumerable<string> Leftovers() => Directory.EnumerateFiles(Root, $"*{Temporary}", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, AttributesToSkip = 0 });

    private IEnumerable<UpkeepKey> In(string primary, string secondary) =>
        Directory.EnumerateFiles(Path.Combine(Root, primary, secondary)).Select(Path.GetFileName).OfType<string>().Where(IsName).Select(name => new UpkeepKey(primary, secondary, name));

    private static IEnumerable<string> Folders(string folder) => Directory.EnumerateDirectories(folder).Select(Path.GetFileName).OfType<string>().Where(IsName);

    private static bool IsName(string name) => name.Length is > 0 and <= 120 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
