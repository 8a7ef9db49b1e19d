namespace ActorNode.Jobs.Access;

/// <summary>What an API user must be like.</summary>
public static class UserRules
{
    private const int MinPassword = 8;
    private const int MaxPassword = 1028;
    private const int MaxEmail = 254;
    private const int MaxLabel = 63;

    /// <summary>The first rule that is broken, in words for the user; null: none.</summary>
    public static string? Problem(string email, string password) =>
        email.Length == 0 ? "Must enter an email"
        : !IsEmail(email) ? "Invalid email format"
        : PasswordProblem(password);

    /// <summary>The same for a password alone.</summary>
    public static string? PasswordProblem(string password) =>
        password.Length is < MinPassword or > MaxPassword ? $"Must enter a password with {MinPassword} - {MaxPassword} characters" : null;

    /// <summary>The form that browsers check: a local part of common characters, and a host name of labels.</summary>
    private static bool IsEmail(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && text.Length <= MaxEmail
            && text.AsSpan(0, at).IndexOfAnyExcept(LocalCharacters) < 0
            && text[(at + 1)..].Split('.').All(IsLabel);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabel && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static readonly System.Buffers.SearchValues<char> LocalCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-");
}
