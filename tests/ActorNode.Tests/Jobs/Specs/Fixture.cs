using ActorNode.Jobs.Specs;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Support;

namespace ActorNode.Tests.Jobs.Specs;

/// <summary>Job specs: published ones in files, and texts of tests.</summary>
internal static class Fixture
{
    public static readonly JobId Id = new("0123456789abcdef0123456789abcdef");

    public static byte[] Bytes(string name)
    {
        using var stream = typeof(Fixture).Assembly.GetManifestResourceStream($"jobs.{name}.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public static JobSpec Job(string name) => JobSpecReader.Read(Bytes(name), Id, Some.Time);

    public static JobSpec Read(string json) => JobSpecReader.Read(System.Text.Encoding.UTF8.GetBytes(json), Id, Some.Time);

    public static string Problem(string json) => string.Join("|", Xunit.Assert.Throws<JobSpecException>(() => Read(json)).Problems);
}
