using System.Collections.Immutable;
using ActorNode.Protocol.Services;
using Akka.Actor;

namespace ActorNode.Services;

/// <summary>What can happen to a background service: the messages of its actor.</summary>
internal abstract record LifeInput : INoSerializationVerificationNeeded
{
    /// <summary>The dependencies that are not ready, and why they will not be, if one failed for good. From the services actor.</summary>
    public sealed record Dependencies(ImmutableArray<string> Missing, string? Failure) : LifeInput
    {
        public bool Equals(Dependencies? other) => other is not null && Failure == other.Failure && Missing.SequenceEqual(other.Missing);

        public override int GetHashCode() => HashCode.Combine(Missing.Length, Failure);
    }

    /// <summary>It waited for its dependencies as long as it may.</summary>
    public sealed record WaitOver : LifeInput;

    /// <summary>A run says that it is ready.</summary>
    public sealed record Ready(int Run) : LifeInput;

    /// <summary>A run says that it is not ready for a while.</summary>
    public sealed record Unready(int Run, string Reason) : LifeInput;

    /// <summary>A run returned, or threw what <paramref name="Error"/> says.</summary>
    public sealed record RunEnded(int Run, string? Error, bool Cancelled = false) : LifeInput;

    /// <summary>The back-off has passed.</summary>
    public sealed record RestartDue : LifeInput;

    /// <summary>It should end. From the services actor.</summary>
    public sealed record Stop(ShutdownRequest Request) : LifeInput;

    /// <summary>The deadline of the stop has passed.</summary>
    public sealed record DeadlineOver : LifeInput;
}

/// <summary>What becomes of a background service: decided from an input, then applied and acted upon.</summary>
internal abstract record LifeEvent
{
    public sealed record DependenciesChanged(LifeInput.Dependencies Now, ImmutableArray<string> Down, ImmutableArray<string> Up) : LifeEvent;

    public sealed record WaitBegan : LifeEvent;

    public sealed record Started(int Run) : LifeEvent;

    public sealed record BecameReady : LifeEvent;

    public sealed record BecameUnready(string Reason) : LifeEvent;

    public sealed record BackedOff(TimeSpan Delay, int Failures, string? Error) : LifeEvent;

    public sealed record Completed : LifeEvent;

    public sealed record Failed(string Error, bool ByDependency) : LifeEvent;

    public sealed record StopBegan(ShutdownRequest Request) : LifeEvent;

    public sealed record Stopped(string? Error) : LifeEvent;

    /// <summary>It did not end when told to: its threads are left behind.</summary>
    public sealed record Abandoned : LifeEvent;

    public sealed record NodeStopAsked(string Reason) : LifeEvent;
}
