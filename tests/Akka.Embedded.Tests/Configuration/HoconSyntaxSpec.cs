using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Xunit;

namespace Akka.Embedded.Tests.Configuration;

public sealed class HoconSyntaxSpec
{
    [Theory(DisplayName = "Every way of writing a key and its value reads the same")]
    [InlineData("a.b.c = 42")]
    [InlineData("a.b.c : 42")]
    [InlineData("a { b { c = 42 } }")]
    [InlineData("a { b.c = 42 }")]
    [InlineData("a.b { c = 42 }")]
    [InlineData("a = { b : { c = 42 } }")]
    [InlineData("\"a\".\"b\".c = 42")]
    [InlineData("{ \"a\" : { \"b\" : { \"c\" : 42 } } }")]
    [InlineData("a\n{\n  b\n  {\n    c = 42\n  }\n}")]
    [InlineData("a.b.c = 1\na.b.c = 42")]
    [InlineData("a.b.c = { x = 1 }\na.b.c = 42")]
    [InlineData("a.b = 1, a.b.c = 42")]
    [InlineData("a { b = { x = 1 } { c = 42 } }")]
    [InlineData("# comment\na.b.c = 42 # comment\n// comment")]
    [InlineData("a.b.c = 42 // comment")]
    [InlineData("a.b.c =   \t 42 \t ,")]
    [InlineData("a.b.c =\n  42")]
    [InlineData("a.b.c = \"42\"")]
    [InlineData("a.b.c = \"\"\"42\"\"\"")]
    [InlineData("x = 2, a.b.c = 4${x}")]
    [InlineData("a { b { c = 42")]
    public void Reads_a_key(string hocon) => Assert.Equal(42, ConfigurationFactory.ParseString(hocon).GetInt("a.b.c"));

    [Theory(DisplayName = "Text keeps inner white space and loses the white space around it")]
    [InlineData("a = foo bar", "foo bar")]
    [InlineData("a = foo  \t bar  ", "foo  \t bar")]
    [InlineData("a = \"foo, {bar}\"", "foo, {bar}")]
    [InlineData("a = foo \"b: r\" baz", "foo b: r baz")]
    [InlineData("a = \"\"\"C:\\dir\\\"file\" \"\"\"", "C:\\dir\\\"file\"")]
    [InlineData("a = \"\"\"first\n  second\"\"\"", "first\n  second")]
    [InlineData("a = \"tab\\tquote\\\"slash\\\\line\\nA\\u0042\"", "tab\tquote\"slash\\line\nAB")]
    [InlineData("a = 127.0.0.1", "127.0.0.1")]
    [InlineData("a = Akka.Event.DefaultLogger", "Akka.Event.DefaultLogger")]
    [InlineData("a = null", null)]
    [InlineData("a = \"\"", "")]
    public void Reads_text(string hocon, string? expected) =>
        Assert.Equal(expected, ConfigurationFactory.ParseString(hocon).GetString("a", "default"));

    [Theory(DisplayName = "Lists take commas or new lines, and concatenate on one line")]
    [InlineData("a = [1, 2, 3]")]
    [InlineData("a = [1,2,3,]")]
    [InlineData("a = [\n 1\n 2 # two\n 3\n]")]
    [InlineData("a = [1, 2] [3]")]
    [InlineData("b = [1, 2]\na = ${b} [3]")]
    [InlineData("a = [9]\na = [1, 2, 3]")]
    [InlineData("a = [\"1\", \"\"\"2\"\"\", 3]")]
    public void Reads_a_list(string hocon) => Assert.Equal([1, 2, 3], ConfigurationFactory.ParseString(hocon).GetIntList("a"));

    [Fact(DisplayName = "A list may hold objects and lists")]
    public void Reads_nested_lists()
    {
        var list = ConfigurationFactory.ParseString("a = [ { x = 1 }, [2, 3] ]").GetValue("a")!.GetArray();
        Assert.Equal(1, list[0].GetChildObject("x")!.GetInt());
        Assert.Equal([2, 3], list[1].GetIntList());
        Assert.Equal("1 2", Assert.Single(ConfigurationFactory.ParseString("a = [1 2]").GetStringList("a")));
    }

    [Fact(DisplayName = "Keys may hold spaces, and in quotes anything")]
    public void Reads_odd_keys()
    {
        var config = ConfigurationFactory.ParseString("a { b c : 1, \"/user/x.y/*\".d : 2, \"\" : 3 }");
        Assert.Equal(1, config.GetInt("a.b c"));
        Assert.Equal(2, config.GetInt("a.\"/user/x.y/*\".d"));
        Assert.Equal(["b c", "/user/x.y/*", ""], config.GetConfig("a")!.AsEnumerable().Select(item => item.Key));
    }

    [Fact(DisplayName = "A substitution stands for the last value of its path in the document, also for lists and objects")]
    public void Resolves_substitutions()
    {
        var config = ConfigurationFactory.ParseString("""
            greeting = Hello ${name}
            name = nobody
            copy = ${section}
            deep = ${copy.inner}
            section { inner = ${name}, list = [1] }
            list = ${section.list} [2]
            name = Roger
            """);
        Assert.Equal("Hello Roger", config.GetString("greeting"));
        Assert.Equal("Roger", config.GetString("copy.inner"));
        Assert.Equal("Roger", config.GetString("deep"));
        Assert.Equal([1, 2], config.GetIntList("list"));
    }

    [Fact(DisplayName = "An included document is merged where it stands, its substitutions with it; keys set before stay")]
    public void Includes()
    {
        HoconRoot Found(string name) => Parser.Parse($"x = {name}, y = ${{x}}, z = 3", null);
        var config = ConfigurationFactory.ParseString("a { b { z = 2, include \"one\" } }", Found);
        Assert.Equal("one", config.GetString("a.b.x"));
        Assert.Equal("one", config.GetString("a.b.y"));
        Assert.Equal(2, config.GetInt("a.b.z"));
        Assert.Equal("two", ConfigurationFactory.ParseString("include \"two\"", Found).GetString("y"));
    }

    [Theory(DisplayName = "Malformed text is refused with the line and the column")]
    [InlineData("a = akka.tcp://x", 1, 13)]
    [InlineData("a = 1\nb = [x:1]", 2, 7)]
    [InlineData("a = 1\nb", 2, 2)]
    [InlineData("a b\nc d\n= }", 2, 1)]
    [InlineData("a = ", 1, 5)]
    [InlineData("a = }", 1, 5)]
    [InlineData("a = 1 }", 1, 7)]
    [InlineData("{ a = 1 } }", 1, 11)]
    [InlineData("a = [1, 2", 1, 10)]
    [InlineData("a = [1,,2]", 1, 8)]
    [InlineData("a = 1\n  b = \"open\n", 2, 7)]
    [InlineData("a = \"\"\"open\"", 1, 5)]
    [InlineData("a = \"bad \\x\"", 1, 11)]
    [InlineData("a = { x = 1 } text", 1, 15)]
    [InlineData("a = [1] text", 1, 13)]
    [InlineData("a += 1", 1, 4)]
    [InlineData("a = ${?HOME}", 1, 7)]
    [InlineData("a = ${\"b\"}", 1, 7)]
    [InlineData("b = [1], a = ${b} { x = 1 }", 1, 19)]
    [InlineData("include \"other\"", 1, 16)]
    [InlineData("= 1", 1, 1)]
    [InlineData("a..b = 1", 1, 3)]
    public void Refuses_malformed_text(string hocon, int line, int column)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString(hocon));
        Assert.EndsWith($"(line {line}, column {column})", refusal.Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "What this dialect lacks is named in the refusal")]
    [InlineData("list += 1", "'+=' is not supported: write the whole value of 'list'")]
    [InlineData("a = ${?HOME}", "optional substitution")]
    [InlineData("a = ${HOME}", "Substitution ${HOME} names a path that the document does not set (line 1)")]
    [InlineData("x = 1\na = ${a}", "Substitution ${a} leads back to itself (line 2)")]
    [InlineData("a = ${b}, b = ${a}", "leads back to itself")]
    [InlineData("a { x = ${b} }, b = ${a}", "leads back to itself")]
    [InlineData("a = ${b.c}, b = ${a.c}", "leads back to itself")]
    [InlineData("a = ${b.x}, b = ${c.x}, c = ${b.x}", "leads back to itself")]
    [InlineData("a = ${b.x}, b = ${b.x}", "leads back to itself")]
    [InlineData("include \"x.conf\"", "include \"x.conf\" is not supported here")]
    public void Refuses_what_it_lacks(string hocon, string reason) =>
        Assert.Contains(reason, Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString(hocon)).Message, StringComparison.Ordinal);

    [Fact(DisplayName = "Nesting that would exhaust the stack is refused")]
    public void Refuses_bottomless_nesting() =>
        Assert.Contains("nested more than", Assert.Throws<ConfigurationException>(() =>
            ConfigurationFactory.ParseString("a = " + new string('[', 100_000))).Message, StringComparison.Ordinal);

    [Theory(DisplayName = "A chain of substitutions that would exhaust the stack is refused, in whichever order it is written")]
    [InlineData(false)]
    [InlineData(true)]
    public void Refuses_bottomless_chains(bool backwards)
    {
        var links = Enumerable.Range(1, 50_000).Select(i => $"a{i} = ${{a{i - 1}}}");
        Assert.Contains("nested more than", Assert.Throws<ConfigurationException>(() =>
            ConfigurationFactory.ParseString(string.Join('\n', (backwards ? links.Reverse() : links).Prepend("a0 = x")))).Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Substitutions that double with each line are refused before they fill the memory")]
    [InlineData("a{0} = ${{a{1}}}${{a{1}}}")]
    [InlineData("a{0} = [${{a{1}}}, ${{a{1}}}]")]
    [InlineData("a{0} {{ x = ${{a{1}}}, y = ${{a{1}}} }}")]
    public void Refuses_doubling(string line) =>
        Assert.Contains("stands for more than", Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString(
            string.Join('\n', Enumerable.Range(1, 60).Select(i => string.Format(CultureInfo.InvariantCulture, line, i, i - 1)).Prepend("a0 = x")))).Message,
            StringComparison.Ordinal);

    [Fact(DisplayName = "A document that is nothing but a name says nothing")]
    public void Reads_a_name() => Assert.True(string.IsNullOrEmpty(ConfigurationFactory.ParseString("some-system").GetString("some-system")));
}
