using ActorNode.Server.Commands;
using ActorNode.Server.Hosting;

using var signals = new StopSignals();
int code;
try
{
    code = await NodeCommandLine.RunAsync(args, CommandContext.OfProcess(signals.Stop));
}
catch (Exception unexpected)
{
    // A defect: everything that is expected to fail says so in its own words.
    Console.Error.WriteLine($"unexpected failure: {unexpected}");
    code = ExitCode.Failed;
}

// A node that was told to stop did so; any other command was interrupted before it was done.
return code == ExitCode.Failed && signals.First > 0 ? ExitCode.Signalled + signals.First : code;
