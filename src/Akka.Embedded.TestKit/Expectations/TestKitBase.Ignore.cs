namespace Akka.TestKit;

// What the test actor does with messages before the test sees them.
public abstract partial class TestKitBase
{
    /// <summary>Messages that the predicate accepts do not reach the inbox, from the next one on.</summary>
    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) => Command(new InboxActor.SetIgnore(shouldIgnoreMessage));

    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) =>
        IgnoreMessages(message => message is TMsg typed && shouldIgnoreMessage(typed));

    public void IgnoreMessages<TMsg>() => IgnoreMessages(message => message is TMsg);

    public void IgnoreNoMessages() => Command(new InboxActor.SetIgnore(null));

    public void SetAutoPilot(AutoPilot pilot) => Command(new InboxActor.SetAutoPilot(pilot));
}
