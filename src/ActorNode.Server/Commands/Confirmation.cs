namespace ActorNode.Server.Commands;

/// <summary>Has the operator type a word before something is done that cannot be taken back.</summary>
internal static class Confirmation
{
    /// <summary>Whether the word was typed.</summary>
    /// <param name="context">Where is asked and read.</param>
    /// <param name="risk">What will be done, and what can come of it.</param>
    /// <param name="word">What has to be typed.</param>
    public static async Task<bool> AskAsync(CommandContext context, string risk, string word)
    {
        await context.Error.WriteLineAsync(risk);
        await context.Error.WriteAsync($"Type '{word}' to go on (or use --yes): ");
        using var input = new StreamReader(context.OpenInput());
        if ((await input.ReadLineAsync())?.Trim() == word)
            return true;
        await context.Error.WriteLineAsync("Nothing was changed.");
        return false;
    }
}
