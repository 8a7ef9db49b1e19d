using ActorNode.Server.Commands;
using ActorNode.Server.Hosting;

using var signals = new StopSignals();
var code = await NodeCommandLine.RunAsync(args, CommandContext.OfProcess(signals.Stop));

// A node that was told to stop did so; any other command was interrupted before it was done.
return code == ExitCode.Failed && signals.First > 0 ? ExitCode.Signalled + signals.First : code;
