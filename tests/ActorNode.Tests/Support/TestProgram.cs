using ActorNode.Tests.Upkeep.Crash;
using ActorNode.Tests.Upkeep.Store.Crash;

namespace ActorNode.Tests.Support;

/// <summary>What the assembly does when it runs as a program: it is the process that a spec kills.</summary>
internal static class TestProgram
{
    public static Task Main(string[] args) => args switch
    {
        [UpkeepCrashProgram.Mode, var kind, var folder, var database] => UpkeepCrashProgram.RunAsync(kind, folder, database),
        [UpkeepLoopCrashProgram.Mode, var kind, var folder, var database] => UpkeepLoopCrashProgram.RunAsync(kind, folder, database),
        _ => throw new ArgumentException("This program is run by its tests.", nameof(args)),
    };
}
