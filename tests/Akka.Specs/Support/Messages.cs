namespace Specs.Support;

/// <summary>Work for a <see cref="Worker"/> to do on its own turn.</summary>
public sealed record Do(Action<IActorContext> Work);

/// <summary>Makes a <see cref="Worker"/> fail.</summary>
public sealed record Fail(Exception Cause)
{
    public static Fail With(string message) => new(new Boom(message));
}

/// <summary>Answered with <see cref="Pong"/>: whoever gets the answer knows that all earlier messages have been handled.</summary>
public sealed record Ping
{
    public static readonly Ping Instance = new();
}

public sealed record Pong
{
    public static readonly Pong Instance = new();
}

/// <summary>A failure that no strategy knows by name.</summary>
public sealed class Boom(string message) : Exception(message);
