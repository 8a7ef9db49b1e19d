using Akka.Actor;
using Akka.Configuration;

namespace Akka.Persistence;

/// <summary>What happens to a command that the internal stash has no room for.</summary>
public interface IStashOverflowStrategy;

/// <summary>Makes the strategy that <c>akka.persistence.internal-stash-overflow-strategy</c> names.</summary>
public interface IStashOverflowStrategyConfigurator
{
    IStashOverflowStrategy Create(Config config);
}

/// <summary>The actor fails with a <see cref="StashOverflowException"/>.</summary>
public class ThrowOverflowExceptionStrategy : IStashOverflowStrategy
{
    private ThrowOverflowExceptionStrategy()
    {
    }

    public static ThrowOverflowExceptionStrategy Instance { get; } = new();
}

/// <summary>The command becomes a dead letter.</summary>
public class DiscardToDeadLetterStrategy : IStashOverflowStrategy
{
    private DiscardToDeadLetterStrategy()
    {
    }

    public static DiscardToDeadLetterStrategy Instance { get; } = new();
}

/// <summary>The command is dropped and its sender gets this answer.</summary>
public sealed class ReplyToStrategy : IStashOverflowStrategy
{
    public ReplyToStrategy(object response) => Response = response;

    public object Response { get; }
}

public sealed class ThrowExceptionConfigurator : IStashOverflowStrategyConfigurator
{
    public IStashOverflowStrategy Create(Config config) => ThrowOverflowExceptionStrategy.Instance;
}

public sealed class DiscardConfigurator : IStashOverflowStrategyConfigurator
{
    public IStashOverflowStrategy Create(Config config) => DiscardToDeadLetterStrategy.Instance;
}
