using System.Text;
using Akka.Hosting;

namespace Akka.Persistence.Sql.Hosting;

/// <summary>A section of which only what is set is written.</summary>
internal sealed class HoconSection(string name)
{
    private readonly StringBuilder _content = new();

    public HoconSection Add(string key, string? value)
    {
        if (value is not null)
            _content.Append(key).Append(" = ").Append(value.ToHocon()).AppendLine();
        return this;
    }

    public HoconSection Add(string key, bool? value)
    {
        if (value is { } set)
            _content.Append(key).Append(" = ").Append(set.ToHocon()).AppendLine();
        return this;
    }

    public HoconSection Add(HoconSection? section)
    {
        section?.AppendTo(_content);
        return this;
    }

    public void AppendTo(StringBuilder hocon)
    {
        if (_content.Length > 0)
            hocon.Append(name).AppendLine(" {").Append(_content).AppendLine("}");
    }
}
