using System.Text.Json;

namespace ActorNode.Server.Http.Jobs;

/// <summary>Writes JSON:API documents: <c>data</c> of <c>type</c>, <c>id</c> and <c>attributes</c>, lists with <c>meta.count</c> and links.</summary>
internal static class JsonApi
{
    private const string ContentType = "application/vnd.api+json";

    /// <summary>Answers with one resource.</summary>
    public static Task WriteAsync(HttpContext context, Resource resource, int status = StatusCodes.Status200OK) => SendAsync(context, status, json =>
    {
        json.WritePropertyName("data"u8);
        Write(json, resource);
    });

    /// <summary>Answers with a page of resources.</summary>
    public static Task WriteAsync(HttpContext context, IEnumerable<Resource> resources, long count, PageQuery page) => SendAsync(context, StatusCodes.Status200OK, json =>
    {
        page.WriteLinks(json, context.Request, count);
        json.WriteStartArray("data"u8);
        foreach (var resource in resources)
            Write(json, resource);
        json.WriteEndArray();
        json.WriteStartObject("meta"u8);
        json.WriteNumber("count"u8, count);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, Resource resource)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, resource.Type);
        json.WriteString("id"u8, resource.Id);
        json.WritePropertyName("attributes"u8);
        resource.Attributes(json);
        json.WriteEndObject();
    }

    private static async Task SendAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        // Whole before it is sent: what fails half-way is an error and no half document.
        using var buffer = new PooledBuffer(4096);
        await using (var json = new Utf8JsonWriter(buffer, HttpJson.Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = buffer.Written.Length;
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(buffer.Written, context.RequestAborted);
    }
}

/// <summary>One thing of a document. <paramref name="Attributes"/> writes them as one object, in which the id stands again.</summary>
internal readonly record struct Resource(string Type, string Id, Action<Utf8JsonWriter> Attributes)
{
    /// <summary>One of which <paramref name="members"/> writes the members beside the id.</summary>
    public static Resource Of(string type, string id, Action<Utf8JsonWriter> members) => new(type, id, json =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        members(json);
        json.WriteEndObject();
    });
}
