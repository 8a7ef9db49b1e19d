namespace ActorNode.Server.Http.Jobs;

/// <summary>What every response of the jobs' API says to browsers.</summary>
internal static class ApiHeaders
{
    public static void AddTo(HttpResponse response)
    {
        response.Headers.XFrameOptions = "DENY";
        response.Headers.XContentTypeOptions = "nosniff";
    }
}
