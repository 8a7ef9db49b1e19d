using System.Data;
using System.Text;
using Akka.Hosting;
using Akka.Persistence.Hosting;

namespace Akka.Persistence.Sql.Hosting;

/// <summary>The settings of a snapshot store in a SQL database. What is null stays as configured elsewhere.</summary>
public sealed class SqlSnapshotOptions : SnapshotOptions
{
    public SqlSnapshotOptions() : this(true)
    {
    }

    public SqlSnapshotOptions(bool isDefaultPlugin, string identifier = "sql") : base(isDefaultPlugin)
    {
        Identifier = identifier;
        AutoInitialize = true;
    }

    public override string Identifier { get; set; }

    /// <summary>Required.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>SQLite.MS or PostgreSQL.15, for instance. Required.</summary>
    public string? ProviderName { get; set; }

    public SnapshotDatabaseOptions? DatabaseOptions { get; set; }

    public IsolationLevel? ReadIsolationLevel { get; set; }

    public IsolationLevel? WriteIsolationLevel { get; set; }

    protected override Configuration.Config InternalDefaultConfig => SqlPersistence.DefaultSnapshotConfiguration;

    protected override StringBuilder Build(StringBuilder sb)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(ConnectionString);
        ArgumentException.ThrowIfNullOrWhiteSpace(ProviderName);
        sb.AppendLine($"connection-string = {ConnectionString.ToHocon()}");
        sb.AppendLine($"provider-name = {ProviderName.ToHocon()}");
        if (ReadIsolationLevel is { } read)
            sb.AppendLine($"read-isolation-level = {read.ToHocon()}");
        if (WriteIsolationLevel is { } write)
            sb.AppendLine($"write-isolation-level = {write.ToHocon()}");
        if (DatabaseOptions is not null)
        {
            sb.AppendLine($"table-mapping = {DatabaseOptions.Mapping.Name()}");
            DatabaseOptions.AppendTo(sb);
        }

        return base.Build(sb);
    }
}
