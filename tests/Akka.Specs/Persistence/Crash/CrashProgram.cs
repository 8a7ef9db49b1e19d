using System.Threading.Channels;

namespace Specs.Persistence.Crash;

/// <summary>A process that does nothing but persist, until it is killed. What its actors say goes to standard output, a line each.</summary>
internal static class CrashProgram
{
    public const string Mode = "journal-crash";
    public const int Actors = 40;

    /// <param name="configFile">HOCON that names the journal.</param>
    public static async Task RunAsync(string configFile)
    {
        var config = await File.ReadAllTextAsync(configFile);
        var system = ActorSystem.Create("crash", "akka { stdout-loglevel = OFF, loglevel = OFF, loggers = [] }\n" + config);
        var told = Channel.CreateUnbounded<(CountingActor.Told Said, IActorRef By)>();
        var teller = system.ActorOf(Props.Create(() => new Teller(told.Writer)));
        for (var key = 0; key < Actors; key++)
            system.ActorOf(CountingActor.Props(key, teller));

        var output = new StreamWriter(Console.OpenStandardOutput());
        var passed = new List<IActorRef>();
        while (await told.Reader.WaitToReadAsync())
        {
            while (told.Reader.TryRead(out var each))
            {
                await output.WriteLineAsync($"{each.Said.Key} {each.Said.Number} {each.Said.What}");
                passed.Add(each.By);
            }

            await output.FlushAsync();
            foreach (var actor in passed)
                actor.Tell(CountingActor.Passed.Instance);
            passed.Clear();
        }
    }

    private sealed class Teller : ReceiveActor
    {
        public Teller(ChannelWriter<(CountingActor.Told Said, IActorRef By)> told) =>
            Receive<CountingActor.Told>(said => told.TryWrite((said, Sender)));
    }
}
