namespace Akka.Hosting;

/// <summary>Which side wins where a configuration is added to what is there.</summary>
public enum HoconAddMode
{
    /// <summary>The added one wins.</summary>
    Prepend,

    /// <summary>What is there wins; the added one is a fallback.</summary>
    Append,

    /// <summary>As <see cref="Prepend"/>: what the added one does not name stays.</summary>
    Replace,
}
