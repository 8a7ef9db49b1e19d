using Specs.Persistence.Crash;

namespace Specs.Support;

/// <summary>What the assembly does when it runs as a program: it is the process that a spec looks at from outside.</summary>
internal static class SpecProgram
{
    public static Task Main(string[] args)
    {
        if (args is [CrashProgram.Mode, var config])
            return CrashProgram.RunAsync(config);
        ExitingProgram.Run(args);
        return Task.CompletedTask;
    }
}
