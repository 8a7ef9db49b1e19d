using System.Data;
using System.Text;
using Akka.Hosting;

namespace Akka.Persistence.Hosting;

/// <summary>What the settings of snapshot stores in a database have in common.</summary>
public abstract class SqlSnapshotOptions : SnapshotOptions
{
    protected SqlSnapshotOptions(bool isDefault) : base(isDefault)
    {
    }

    public string ConnectionString { get; set; } = "";

    public TimeSpan ConnectionTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public abstract string SchemaName { get; set; }

    public abstract string TableName { get; set; }

    public abstract bool SequentialAccess { get; set; }

    public abstract IsolationLevel ReadIsolationLevel { get; set; }

    public abstract IsolationLevel WriteIsolationLevel { get; set; }

    protected override StringBuilder Build(StringBuilder sb)
    {
        ArgumentNullException.ThrowIfNull(sb);
        sb.AppendLine($"connection-string = {ConnectionString.ToHocon()}");
        sb.AppendLine($"connection-timeout = {ConnectionTimeout.ToHocon()}");
        sb.AppendLine($"schema-name = {SchemaName.ToHocon()}");
        sb.AppendLine($"table-name = {TableName.ToHocon()}");
        sb.AppendLine($"sequential-access = {SequentialAccess.ToHocon()}");
        sb.AppendLine($"read-isolation-level = {ReadIsolationLevel.ToHocon()}");
        sb.AppendLine($"write-isolation-level = {WriteIsolationLevel.ToHocon()}");
        return base.Build(sb);
    }
}
