namespace ActorNode.Server.Sandbox.Views;

/// <summary>Shows a sandbox while it runs and sums it up at the end.</summary>
internal interface ISandboxView
{
    /// <summary>It begins. The answer shows each moment; disposing it ends the show.</summary>
    IShow Begin(SandboxOptions options, IReadOnlyCollection<string> urls);

    /// <summary>It has ended.</summary>
    void End(SandboxSummary summary);
}

/// <summary>A show that is on.</summary>
internal interface IShow : IDisposable
{
    /// <summary>This is how it is now.</summary>
    void Show(SandboxStatus status);
}
