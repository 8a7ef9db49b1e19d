namespace Akka.Configuration.Hocon;

/// <summary>A parsed document: its value and the substitutions in it, already resolved within the document.</summary>
public class HoconRoot
{
    public HoconRoot(HoconValue value)
        : this(value, [])
    {
    }

    public HoconRoot(HoconValue value, IEnumerable<HoconSubstitution> substitutions)
    {
        Value = value;
        Substitutions = substitutions;
    }

    protected HoconRoot()
        : this(new HoconValue())
    {
    }

    public HoconValue Value { get; }

    public IEnumerable<HoconSubstitution> Substitutions { get; }
}
