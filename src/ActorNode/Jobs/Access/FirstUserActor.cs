using ActorNode.Protocol.Jobs;
using ActorNode.Protocol.Services;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Jobs.Access;

/// <summary>
/// Sees to it at the start of a node that the API has a user, and says in the log when it has none. Tries again until the store answers, then
/// ends: the node is not ready before.
/// </summary>
internal sealed class FirstUserActor : UntypedActor, IWithTimers
{
    /// <summary>What it is called among the services.</summary>
    public const string ServiceName = "jobs-user";

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IActorRef _access;
    private readonly ApiUser? _user;
    private readonly IActorRef _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <param name="access">Who knows the users.</param>
    /// <param name="user">The API's user, where there is none yet; null: none is made.</param>
    /// <param name="services">Told when that is done.</param>
    public static Props Props(IActorRef access, ApiUser? user, IActorRef services) => Akka.Actor.Props.Create(() => new FirstUserActor(access, user, services));

    public FirstUserActor(IActorRef access, ApiUser? user, IActorRef services) => (_access, _user, _services) = (access, user, services);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Ask();

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AccessReplies.UserIs { IsNew: true } made:
                _log.Info("The API's user is {Email}", made.Email);
                End();
                break;
            case AccessReplies.UserIs user when _user is not null && _user.Email != user.Email:
                _log.Warning("The API's user is {Email}, and stays: the credentials that the node was started with are not used", user.Email);
                End();
                break;
            case AccessReplies.UserIs:
                End();
                break;
            case AccessReplies.NoUser:
                _log.Warning("API credentials must be supplied: nobody can log in to the jobs' API until the node is started with --api");
                End();
                break;
            case AccessReplies.Refused refused:
                _log.Error("The API's user was not made: {Problems}", string.Join(", ", refused.Problems));
                End();
                break;
            case AccessReplies.Unavailable or AccessReplies.Busy:
                Timers.StartSingleTimer(Tick.Instance, Tick.Instance, Again);
                break;
            case Tick:
                Ask();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Ask()
    {
        // An actor that died with the question in its mailbox never answers.
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, Patience);
        _access.Tell(_user is null ? AccessQueries.User.Instance : new AccessCommands.EnsureUser(_user.Email, _user.Password));
    }

    private void End()
    {
        _services.Tell(new ServiceCommands.Report(ServiceName, ServiceState.Ready));
        Context.Stop(Self);
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
