using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary><c>POST /sessions</c>, <c>DELETE /sessions</c>, <c>PATCH /v2/user/password</c>.</summary>
internal sealed class SessionRoutes(JobsActors actors, ApiAccess access, SessionCookie cookie, ApiBody body)
{
    /// <summary>A new session under a new id, whatever cookie the request brings.</summary>
    public async Task LogInAsync(HttpContext context)
    {
        var credentials = await ReadAsync(context, reason => new ApiException(400, $"error binding json {reason}"));
        var login = new AccessCommands.LogIn(credentials.Text("email") ?? "", new Secret(credentials.Text("password") ?? ""));
        switch (await actors.AskAccessAsync(login, context.RequestAborted))
        {
            case AccessReplies.LoggedIn opened:
                cookie.Write(context, opened.Session);
                await AnswerAsync(context, authenticated: true);
                break;
            case AccessReplies.LoginRefused refused:
                throw new ApiException(StatusCodes.Status401Unauthorized, refused.Reason);
        }
    }

    public async Task LogOutAsync(HttpContext context)
    {
        var session = await access.SessionAsync(context);
        await actors.AskAccessAsync(new AccessCommands.LogOut(session), context.RequestAborted);
        cookie.Remove(context);
        await AnswerAsync(context, authenticated: false);
    }

    public async Task ChangePasswordAsync(HttpContext context)
    {
        var session = await access.SessionAsync(context);
        var fields = await ReadAsync(context, reason => new ApiException(422, reason));
        var change = new AccessCommands.ChangePassword(session, new Secret(fields.Text("oldPassword") ?? ""), new Secret(fields.Text("newPassword") ?? ""));
        switch (await actors.AskAccessAsync(change, context.RequestAborted))
        {
            case AccessReplies.PasswordChanged changed:
                await JsonApi.WriteAsync(context, Resource.Of("users", changed.Email, json =>
                {
                    json.WriteString("email"u8, changed.Email);
                    json.WriteString("createdAt"u8, changed.UserCreatedAt.UtcDateTime);
                }));
                break;
            case AccessReplies.OldPasswordWrong:
                throw new ApiException(StatusCodes.Status409Conflict, "Old password does not match");
            case AccessReplies.Refused refused:
                throw new ApiException(StatusCodes.Status400BadRequest, [.. refused.Problems]);
            case AccessReplies.NoSession:
                throw ApiException.Unauthorized();
        }
    }

    private async Task<JsonMembers> ReadAsync(HttpContext context, Func<string, ApiException> malformed) =>
        new(await body.ReadObjectAsync(context, malformed), malformed);

    /// <summary>Never with the session's id.</summary>
    private static Task AnswerAsync(HttpContext context, bool authenticated) =>
        JsonApi.WriteAsync(context, new Resource("session", "sessionID", json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("authenticated"u8, authenticated);
            json.WriteEndObject();
        }));
}
