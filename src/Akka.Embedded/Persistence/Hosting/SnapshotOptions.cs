using System.Text;
using Akka.Configuration;
using Akka.Hosting;

namespace Akka.Persistence.Hosting;

/// <summary>The settings of a snapshot store; derived classes add those of a certain one.</summary>
public abstract class SnapshotOptions
{
    protected SnapshotOptions(bool isDefault) => IsDefaultPlugin = isDefault;

    /// <summary>Whether actors use it that name none.</summary>
    public bool IsDefaultPlugin { get; set; }

    /// <summary>Last part of <see cref="PluginId"/>.</summary>
    public abstract string Identifier { get; set; }

    /// <summary>Whether the plugin creates its tables.</summary>
    public bool AutoInitialize { get; set; }

    /// <summary>Name of the serializer of what no other is bound to; null for the system's.</summary>
    public string? Serializer { get; set; }

    /// <summary>The path of its settings.</summary>
    public string PluginId => $"akka.persistence.snapshot-store.{Identifier}";

    /// <summary>The plugin's own defaults at that path.</summary>
    public Config DefaultConfig => InternalDefaultConfig.MoveTo(PluginId);

    protected abstract Config InternalDefaultConfig { get; }

    public Config ToConfig() => ToString();

    public sealed override string ToString() => Build(new StringBuilder()).ToString();

    /// <summary>Puts what is there already into the plugin's section. A derived class appends its keys and then calls this.</summary>
    protected virtual StringBuilder Build(StringBuilder sb)
    {
        ArgumentNullException.ThrowIfNull(sb);
        sb.Insert(0, $"{PluginId} {{{Environment.NewLine}");
        sb.AppendLine($"auto-initialize = {AutoInitialize.ToHocon()}");
        if (Serializer is not null)
            sb.AppendLine($"serializer = {Serializer.ToHocon()}");
        sb.AppendLine("}");
        if (IsDefaultPlugin)
            sb.AppendLine($"akka.persistence.snapshot-store.plugin = {PluginId.ToHocon()}");
        return sb;
    }
}
