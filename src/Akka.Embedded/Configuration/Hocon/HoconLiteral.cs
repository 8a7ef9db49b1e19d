namespace Akka.Configuration.Hocon;

/// <summary>A piece of text. Whether it was quoted is not remembered: <c>"null"</c> reads as null, as <c>null</c> does.</summary>
public class HoconLiteral : IHoconElement
{
    public string Value { get; set; } = "";

    public bool IsString() => true;

    public string GetString() => Value;

    public bool IsArray() => false;

    public IList<HoconValue> GetArray() => throw new ConfigurationException($"'{Value}' is text, not a list.");

    public override string ToString() => Value;
}
