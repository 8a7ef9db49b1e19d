namespace Akka.Configuration.Hocon;

/// <summary>Something whose content decides whether it is an object: a value, or what a substitution stands for.</summary>
public interface IMightBeAHoconObject
{
    bool IsObject();

    HoconObject? GetObject();
}
