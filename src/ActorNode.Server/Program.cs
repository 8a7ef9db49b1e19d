using ActorNode.Server.Commands;
using ActorNode.Server.Hosting;

using var signals = new StopSignals();
int code;
try
{
    code = await NodeCommandLine.RunAsync(args, CommandContext.OfProcess(signals));
}
catch (Exception unexpected)
{
    // A defect: everything that is expected to fail says so in its own words.
    Console.Error.WriteLine($"unexpected failure: {unexpected}");
    code = ExitCode.Failed;
}

return signals.ExitCodeAfter(code);
