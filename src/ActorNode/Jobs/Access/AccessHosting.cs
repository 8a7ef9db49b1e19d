using ActorNode.Jobs.Scheduling;
using ActorNode.Protocol.Jobs;
using ActorNode.Protocol.Services;
using ActorNode.Services;
using Akka.Actor;
using Akka.Hosting;

namespace ActorNode.Jobs.Access;

/// <summary>Starts what knows who may use the jobs' API.</summary>
public static class AccessHosting
{
    private static readonly TimeSpan ReapTimeout = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Needs services and a journal that knows this slice's events. Starts <c>/user/access</c>, registered under <see cref="JobsAccess"/>, which takes
    /// <see cref="AccessCommands"/> and <see cref="AccessQueries"/>, and <c>/user/session-reaper</c>, which it wakes.
    /// </summary>
    /// <param name="builder">The node.</param>
    /// <param name="settings">The job engine's settings.</param>
    /// <param name="user">The API's user, where there is none yet; null: none is made.</param>
    public static AkkaConfigurationBuilder WithJobsAccess(this AkkaConfigurationBuilder builder, JobsSettings settings, ApiUser? user = null) =>
        builder.WithActors((system, registry) =>
        {
            var reaper = new ReaperRef();
            var access = system.ActorOf(
                KeptByBackoff.Props(
                    AccessActor.Props(settings.Sessions, reaper.Wake), "users", settings.MinBackoff, settings.MaxBackoff, AccessReplies.Unavailable.Instance),
                "access");
            reaper.Actor = system.ActorOf(
                SleeperTaskActor.Props("session-reaper", async stopping =>
                {
                    if (await access.Ask<object>(AccessCommands.ReapSessions.Instance, ReapTimeout, stopping).ConfigureAwait(false) is not AccessReplies.SessionsReaped)
                        throw new InvalidOperationException("the sessions cannot be read or written now");
                }),
                "session-reaper");
            reaper.Actor.Tell(SleeperTaskActor.Start.Instance);
            registry.Register<JobsAccess>(access);
            var services = registry.Get<ServicesActor>();
            // Known before the node is ready.
            services.Tell(new ServiceCommands.Report(FirstUserActor.ServiceName, ServiceState.Starting));
            system.ActorOf(FirstUserActor.Props(access, user, services), "api-user");
        });

    /// <summary>The actor knows whom to wake before there is anybody.</summary>
    private sealed class ReaperRef
    {
        public IActorRef Actor { get; set; } = ActorRefs.Nobody;

        public void Wake() => Actor.Tell(SleeperTaskActor.WakeUp.Instance);
    }
}

/// <summary>The key of the actor that knows who may use the jobs' API.</summary>
public sealed class JobsAccess
{
    private JobsAccess()
    {
    }
}

/// <summary>Credentials of the API's user, as an operator supplies them.</summary>
public sealed record ApiUser(string Email, Secret Password);
