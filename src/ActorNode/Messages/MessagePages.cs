using System.Diagnostics;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;

namespace ActorNode.Messages;

/// <summary>How queries are answered from the store: without holes, or with an explicit reason. Stateless.</summary>
public static class MessagePages
{
    /// <summary>What is wrong with a query's arguments, naming field and rule; null when it can be answered.</summary>
    public static string? Problem(object query, MessagesSettings settings) => query switch
    {
        MessageQueries.PageAfter q => Account(q.AccountId) ?? (q.Sequence < 0 ? "after must be 0 or more" : null) ?? Limit(q.Limit, settings),
        MessageQueries.PageAfterId q => Account(q.AccountId) ?? Id(q.Id) ?? Limit(q.Limit, settings),
        MessageQueries.ById q => Account(q.AccountId) ?? Id(q.Id),
        MessageQueries.AccountsAfter q => (q.After is { } after ? Account(after) : null) ?? Limit(q.Limit, settings),
        _ => throw new UnreachableException(),
    };

    /// <summary>The reply to a query whose arguments are in order.</summary>
    public static async Task<object> AnswerAsync(IMessageReader reader, object query, CancellationToken cancellationToken) => query switch
    {
        MessageQueries.PageAfter q => await PageAsync(reader, q.AccountId, q.Sequence, q.Limit, cancellationToken).ConfigureAwait(false),
        MessageQueries.PageAfterId q => await PageAfterIdAsync(reader, q, cancellationToken).ConfigureAwait(false),
        MessageQueries.ById q => await reader.FindAsync(q.AccountId, q.Id, cancellationToken).ConfigureAwait(false) is { } found
            ? new MessageReplies.Found(q.AccountId, found)
            : new MessageReplies.NotFound(q.AccountId, q.Id),
        MessageQueries.AccountsAfter q => await AccountsAsync(reader, q, cancellationToken).ConfigureAwait(false),
        _ => throw new UnreachableException(),
    };

    private static async Task<object> PageAsync(IMessageReader reader, AccountId account, long after, int limit, CancellationToken cancellationToken)
    {
        var (range, messages) = await reader.PageAsync(account, after, limit, cancellationToken).ConfigureAwait(false);
        if (range is not { } held)
            return new MessageReplies.Page(account, [], Next: null);
        if (after < held.First - 1)
            return new MessageReplies.Gone(account, held.First);
        return new MessageReplies.Page(account, messages, Next: messages.IsEmpty || messages[^1].Sequence == held.Last ? null : messages[^1].Sequence);
    }

    private static async Task<object> PageAfterIdAsync(IMessageReader reader, MessageQueries.PageAfterId query, CancellationToken cancellationToken)
    {
        // The message may be removed between the two reads: then the second one says so.
        var start = await reader.FindAsync(query.AccountId, query.Id, cancellationToken).ConfigureAwait(false);
        return start is null
            ? new MessageReplies.NotFound(query.AccountId, query.Id)
            : await PageAsync(reader, query.AccountId, start.Sequence, query.Limit, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<object> AccountsAsync(IMessageReader reader, MessageQueries.AccountsAfter query, CancellationToken cancellationToken)
    {
        var accounts = await reader.AccountsAsync(query.After, query.Limit, cancellationToken).ConfigureAwait(false);
        return new MessageReplies.Accounts(accounts, Next: accounts.Length < query.Limit ? null : accounts[^1].AccountId);
    }

    private static string? Account(AccountId account) => TextRule.Problem(account.Value) is { } problem ? $"account {problem}" : null;

    private static string? Id(MessageId id) => TextRule.Problem(id.Value) is { } problem ? $"id {problem}" : null;

    private static string? Limit(int limit, MessagesSettings settings) =>
        limit < 1 || limit > settings.MaxPage ? $"limit must be from 1 to {settings.MaxPage}" : null;
}
