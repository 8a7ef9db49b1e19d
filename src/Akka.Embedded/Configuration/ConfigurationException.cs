using System.Runtime.Serialization;
using Akka.Actor;

namespace Akka.Configuration;

/// <summary>A configuration that cannot be read or used. The message names the key, or the line and column, and the rule.</summary>
public class ConfigurationException : AkkaException
{
    public ConfigurationException(string message)
        : base(message)
    {
    }

    public ConfigurationException(string message, Exception exception)
        : base(message, exception)
    {
    }

    protected ConfigurationException(SerializationInfo info, StreamingContext context)
        : base(info, context)
    {
    }

    /// <summary>What a settings type <typeparamref name="T"/> throws when the section that it reads is missing or empty.</summary>
    public static ConfigurationException NullOrEmptyConfig<T>(string? path = null) =>
        new(string.IsNullOrWhiteSpace(path)
            ? $"{typeof(T).Name} needs a configuration, but it is missing or empty."
            : $"{typeof(T).Name} needs the configuration section '{path}', but it is missing or empty.");
}
