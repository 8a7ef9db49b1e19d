using System.Collections.Immutable;
using System.Text;
using ActorNode.Protocol.Messages;
using ActorNode.Server.Http.Batch;
using Xunit;

namespace ActorNode.Server.Tests.Http.Batch;

public sealed class BatchParserSpec
{
    private static readonly BatchLimits Limits = new(MaxMessages: 3, MaxBytes: 100_000, MaxBodyBytes: 64);

    [Fact(DisplayName = "Lines keep their order within each account, and accounts the order of their first line")]
    public void Lines_keep_order()
    {
        var batch = Accepted(lines: true, """
            {"account":"a","id":"1","body":"AQ=="}
            {"id":"9","body":"","account":"b"}

            {"body":"AgM=","account":"a","id":"2"}
            """ + "\r\n");
        Assert.Equal(["a", "b"], batch.Select(w => w.AccountId.Value));
        Assert.Equal(["1", "2"], batch[0].Messages.Select(m => m.Id.Value));
        Assert.Equal<byte>([1], batch[0].Messages[0].Body.ToArray());
        Assert.Equal<byte>([2, 3], batch[0].Messages[1].Body.ToArray());
        Assert.True(batch[1].Messages[0].Body.IsEmpty);
    }

    [Fact(DisplayName = "An object keyed by account becomes one write per account")]
    public void Object_is_read()
    {
        var batch = Accepted(lines: false, """
            { "α/%2F ": [ {"id":"\u0031","body":"AQ=="}, {"body":"Ag==","id":"1"} ],
              "b": [{"id":"x","body":"\/\/\/\/"}] }
            """);
        Assert.Equal(["α/%2F ", "b"], batch.Select(w => w.AccountId.Value));
        Assert.Equal(["1", "1"], batch[0].Messages.Select(m => m.Id.Value));
        Assert.Equal<byte>([255, 255, 255], batch[1].Messages[0].Body.ToArray());
    }

    [Theory(DisplayName = "A line that breaks a rule refuses the whole body with line, field and rule")]
    [InlineData("{", "line", "is not one valid JSON object, at byte 2")]
    [InlineData("[]", "line", "must be a JSON object")]
    [InlineData("7", "line", "must be a JSON object")]
    [InlineData("{} {}", "account", "is missing")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"\"} {}", "line", "is not one valid JSON object, at byte 36")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"\",}", "line", "is not one valid JSON object, at byte 35")]
    [InlineData("{\"id\":\"1\",\"body\":\"\"}", "account", "is missing")]
    [InlineData("{\"account\":\"a\",\"body\":\"\"}", "id", "is missing")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\"}", "body", "is missing")]
    [InlineData("{\"account\":\"\",\"id\":\"1\",\"body\":\"\"}", "account", "is empty")]
    [InlineData("{\"account\":\"a\",\"id\":\"\",\"body\":\"\"}", "id", "is empty")]
    [InlineData("{\"account\":\"a\",\"id\":\"b\\n\",\"body\":\"\"}", "id", "has a control character at position 1")]
    [InlineData("{\"account\":\"a\",\"id\":\"\\ud800\",\"body\":\"\"}", "id", "has half a surrogate pair")]
    [InlineData("{\"account\":\"a\",\"id\":1,\"body\":\"\"}", "id", "must be a string")]
    [InlineData("{\"account\":\"a\",\"id\":null,\"body\":\"\"}", "id", "must be a string")]
    [InlineData("{\"account\":{\"x\":1},\"id\":\"1\",\"body\":\"\"}", "account", "must be a string")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":[]}", "body", "must be a string")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"\",\"id\":\"1\"}", "id", "appears twice")]
    [InlineData("{\"account\":\"a\",\"account\":\"a\",\"id\":\"1\",\"body\":\"\"}", "account", "appears twice")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"\",\"bodies\":1}", "'bodies'", "is no field of a message; there are account, id and body")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"A\"}", "body", "is not base64 (RFC 4648, padded)")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"AQ\"}", "body", "is not base64 (RFC 4648, padded)")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"A Q=\"}", "body", "is not base64 (RFC 4648, padded)")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"AR==\"}", "body", "is not base64 (RFC 4648, padded)")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"AAB=\"}", "body", "is not base64 (RFC 4648, padded)")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"AQ==AQ==\"}", "body", "is not base64 (RFC 4648, padded)")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"-_-_\"}", "body", "is not base64 (RFC 4648, padded)")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"AQ==\\n\"}", "body", "is not base64 (RFC 4648, padded)")]
    [InlineData("{\"account\":\"a\",\"id\":\"1\",\"body\":\"\\ud800\"}", "body", "is not base64 (RFC 4648, padded)")]
    public void Bad_line_is_named(string line, string field, string rule)
    {
        var error = Refused(lines: true, "{\"account\":\"a\",\"id\":\"0\",\"body\":\"\"}\n\n" + line + "\n");
        Assert.Equal((3, field, rule), (error.Line, error.Field, error.Rule));
        Assert.False(error.TooLarge);
    }

    [Theory(DisplayName = "An object that breaks a rule is refused with line, field and rule")]
    [InlineData("", 1, "body", "is not valid JSON, at byte 1 of the line")]
    [InlineData("\n[]", 2, "body", "must be a JSON object keyed by account")]
    [InlineData("{}", 0, "body", "holds no message")]
    [InlineData("{}\n{}", 2, "body", "is not valid JSON, at byte 1 of the line")]
    [InlineData("{\"a\":\n{}}", 1, "messages", "of account 'a' must be a list")]
    [InlineData("{\"a\":[]}", 1, "messages", "of account 'a' is an empty list")]
    [InlineData("{\"a\":[\n1]}", 2, "message", "must be a JSON object")]
    [InlineData("{\"a\":[\n[[1]]]}", 2, "message", "must be a JSON object")]
    [InlineData("{\"a\":[{\"id\":\"1\",\"body\":\"\"}],\n\"\":[]}", 2, "account", "is empty")]
    [InlineData("{\"a\":[{\"id\":\"1\",\"body\":\"\"}],\n\n\"\\u0061\":[]}", 3, "account", "'a' appears twice")]
    [InlineData("{\"a\":[{\"id\":\"1\",\"body\":\"\"},\n{\"id\":\"1\",\"account\":\"a\",\"body\":\"\"}]}", 2, "'account'", "is no field of a message; there are id and body")]
    [InlineData("{\"a\":[{\"id\":{\"b\":1}}]}", 1, "id", "must be a string")]
    [InlineData("{\"a\":[{\"id\":\"1\",\"body\":\"\"}", 1, "body", "is not valid JSON, at byte 27 of the line")]
    public void Bad_object_is_named(string text, int line, string field, string rule)
    {
        var error = Refused(lines: false, text);
        Assert.Equal((line, field, rule), (error.Line, error.Field, error.Rule));
    }

    [Fact(DisplayName = "Bytes that are not UTF-8 are refused with their line")]
    public void Invalid_utf8()
    {
        byte[] text = [.. "{\"account\":\"a\",\"id\":\"0\",\"body\":\"\"}\n{\"account\":\""u8, 0xC3, 0x28, .. "\",\"id\":\"0\",\"body\":\"\"}"u8];
        var error = BatchParser.ParseLines(text, Limits, out var batch);
        Assert.Equal((2, "text", "is not valid UTF-8"), (error!.Line, error.Field, error.Rule));
        Assert.Empty(batch);
    }

    [Fact(DisplayName = "Ids may have 256 bytes of UTF-8 and no more, however they are escaped")]
    public void Long_ids()
    {
        var longest = string.Concat(Enumerable.Repeat("\\u0061", 256));
        Assert.Equal(new string('a', 256), Accepted(lines: true, Line("a", longest)).Single().Messages[0].Id.Value);
        foreach (var id in new[] { longest + "a", longest + longest, new string('ä', 129), new string('a', 5_000) })
            Assert.Equal((1, "id", "is longer than 256 bytes"), Short(Refused(lines: true, Line("a", id))));
    }

    [Fact(DisplayName = "A body over the limit, more messages or more bytes than one account may get are too large")]
    public void Limits_are_named()
    {
        var body = Convert.ToBase64String(new byte[65]);
        var error = Refused(lines: true, Line("a", "1") + Line("a", "2", body));
        Assert.True(error.TooLarge);
        Assert.Equal((2, "body", "is longer than 64 bytes"), Short(error));

        error = Refused(lines: true, Line("b", "1") + string.Concat("1234".Select(id => Line("a", id.ToString()))));
        Assert.True(error.TooLarge);
        Assert.Equal("a", error.Account);
        Assert.Equal((5, "messages", "of account 'a' are more than the 3 that one request may write to an account"), Short(error));

        var fault = BatchParser.ParseLines(Encoding.UTF8.GetBytes(Line("a", "1") + Line("b", "2", "AQID")), Limits with { MaxBytes = 131 }, out _);
        Assert.True(fault!.TooLarge);
        Assert.Equal("b", fault.Account);
    }

    private static (int Line, string Field, string Rule) Short(BatchError error) => (error.Line, error.Field, error.Rule);

    private static string Line(string account, string id, string body = "") => $$"""{"account":"{{account}}","id":"{{id}}","body":"{{body}}"}""" + "\n";

    private static ImmutableArray<MessageCommands.Write> Accepted(bool lines, string text)
    {
        Assert.Null(Parse(lines, text, out var batch));
        return batch;
    }

    private static BatchError Refused(bool lines, string text)
    {
        var error = Parse(lines, text, out var batch);
        Assert.Empty(batch);
        return Assert.IsType<BatchError>(error);
    }

    private static BatchError? Parse(bool lines, string text, out ImmutableArray<MessageCommands.Write> batch) => lines
        ? BatchParser.ParseLines(Encoding.UTF8.GetBytes(text), Limits, out batch)
        : BatchParser.ParseObject(Encoding.UTF8.GetBytes(text), Limits, out batch);
}
