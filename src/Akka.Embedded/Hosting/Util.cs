using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Akka.Hosting;

/// <summary>Helpers for those who compose configurations.</summary>
public static class Util
{
    /// <summary>The configuration as the section at a path of another one.</summary>
    public static Config MoveTo(this Config config, string path)
    {
        var section = config.Root;
        foreach (var key in HoconPath.Split(path).Reverse())
            section = section.AtKey(key).Root;
        return section.ToConfig();
    }
}
