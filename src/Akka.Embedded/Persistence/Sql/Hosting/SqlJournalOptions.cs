using System.Data;
using System.Text;
using Akka.Hosting;
using Akka.Persistence.Hosting;
using Akka.Persistence.Sql.Config;

namespace Akka.Persistence.Sql.Hosting;

/// <summary>The settings of a journal in a SQL database. What is null stays as configured elsewhere.</summary>
public sealed class SqlJournalOptions : JournalOptions
{
    public SqlJournalOptions() : this(true)
    {
    }

    public SqlJournalOptions(bool isDefaultPlugin, string identifier = "sql") : base(isDefaultPlugin)
    {
        Identifier = identifier;
        AutoInitialize = true;
    }

    public override string Identifier { get; set; }

    /// <summary>Required.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>SQLite.MS or PostgreSQL.15, for instance. Required.</summary>
    public string? ProviderName { get; set; }

    public JournalDatabaseOptions? DatabaseOptions { get; set; }

    public TagMode? TagStorageMode { get; set; }

    public string? TagSeparator { get; set; }

    public bool? DeleteCompatibilityMode { get; set; }

    public IsolationLevel? ReadIsolationLevel { get; set; }

    public IsolationLevel? WriteIsolationLevel { get; set; }

    /// <summary>How often queries look for new events.</summary>
    public TimeSpan? QueryRefreshInterval { get; set; }

    public string QueryPluginId => $"akka.persistence.query.journal.{Identifier}";

    public Configuration.Config DefaultQueryConfig => SqlPersistence.DefaultQueryConfiguration.MoveTo(QueryPluginId);

    protected override Configuration.Config InternalDefaultConfig => SqlPersistence.DefaultJournalConfiguration;

    protected override StringBuilder Build(StringBuilder sb)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(ConnectionString);
        ArgumentException.ThrowIfNullOrWhiteSpace(ProviderName);
        sb.AppendLine($"connection-string = {ConnectionString.ToHocon()}");
        sb.AppendLine($"provider-name = {ProviderName.ToHocon()}");
        if (DeleteCompatibilityMode is { } compatible)
            sb.AppendLine($"delete-compatibility-mode = {compatible.ToHocon()}");
        if (TagStorageMode is { } tags)
            sb.AppendLine($"tag-write-mode = {tags}");
        if (TagSeparator is not null)
            sb.AppendLine($"tag-separator = {TagSeparator.ToHocon()}");
        if (ReadIsolationLevel is { } read)
            sb.AppendLine($"read-isolation-level = {read.ToHocon()}");
        if (WriteIsolationLevel is { } write)
            sb.AppendLine($"write-isolation-level = {write.ToHocon()}");
        if (DatabaseOptions is not null)
        {
            sb.AppendLine($"table-mapping = {DatabaseOptions.Mapping.Name()}");
            DatabaseOptions.AppendTo(sb);
        }

        base.Build(sb);

        sb.AppendLine($"{QueryPluginId} {{");
        sb.AppendLine($"connection-string = {ConnectionString.ToHocon()}");
        sb.AppendLine($"provider-name = {ProviderName.ToHocon()}");
        sb.AppendLine($"write-plugin = {PluginId.ToHocon()}");
        if (TagStorageMode is { } mode)
            sb.AppendLine($"tag-read-mode = {(mode == TagMode.Csv ? TagMode.Csv : TagMode.TagTable)}");
        if (QueryRefreshInterval is { } interval)
            sb.AppendLine($"refresh-interval = {interval.ToHocon()}");
        return sb.AppendLine("}");
    }
}
