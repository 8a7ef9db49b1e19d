namespace ActorNode.Services;

/// <summary>A service's options where it has them, and the settings where it has not.</summary>
internal sealed record ServicePolicy(ServiceOptions Options, ServicesSettings Settings)
{
    public EndPolicy OnCompletion => Options.OnCompletion;

    public EndPolicy OnFailure => Options.OnFailure;

    public bool ReadyOnDrop => Options.ReadyOnDrop == Services.ReadyOnDrop.Ready;

    public int Threads => Options.Threads ?? Settings.Threads;

    public TimeSpan? DependencyTimeout => Options.DependencyTimeout ?? Settings.DependencyTimeout;

    public int MaxRestarts => Options.MaxRestarts ?? Settings.MaxRestarts;

    public bool StopNodeWhenGivenUp => Options.StopNodeWhenGivenUp ?? Settings.StopNodeWhenGivenUp;
}
