namespace Akka.Configuration.Hocon;

/// <summary>One part of a value: text, a list, an object or a substitution. A value is the concatenation of its parts.</summary>
public interface IHoconElement
{
    bool IsString();

    string? GetString();

    bool IsArray();

    IList<HoconValue> GetArray();
}
