using System.Collections.Immutable;
using ActorNode.Configuration;
using Xunit;

namespace ActorNode.Tests.Configuration;

public sealed class SettingsBinderSpec
{
    private sealed record Garden : ISettingsRules
    {
        public string Owner { get; init; } = "nobody";

        public string? Fence { get; init; } = "wood";

        public bool Open { get; init; }

        [InRange("1", "100")]
        public int MaxTrees { get; init; } = 10;

        public int MinTrees { get; init; } = 1;

        [Bytes]
        public long Soil { get; init; }

        public double Slope { get; init; }

        public TimeSpan WaterEvery { get; init; } = TimeSpan.FromHours(1);

        public TimeSpan? MowEvery { get; init; }

        public DayOfWeek RestDay { get; init; } = DayOfWeek.Sunday;

        public ImmutableArray<string> Paths { get; init; } = ["north"];

        [Secret]
        public string Code { get; init; } = "";

        [Secret, InRange("1", "2")]
        public int Pin { get; init; } = 1;

        public Pond Pond { get; init; } = new();

        public IEnumerable<(string Key, string Rule)> Problems()
        {
            if (MinTrees > MaxTrees)
                yield return ("min-trees", "is more than max-trees");
        }
    }

    private sealed record Pond
    {
        public int Depth { get; init; } = 2;
    }

    [Fact(DisplayName = "Every type is read from its HOCON form; what is missing keeps its default")]
    public void Reads_every_type()
    {
        var garden = Bind(
            """
            owner = "Eve"
            fence = off
            open = on
            max-trees = 20
            soil = 3 KiB
            slope = 0.25
            water-every = 90 s
            mow-every = 7 d
            rest-day = friday
            paths = ["east", west]
            pond.depth = 5
            """);

        Assert.Equal("Eve", garden.Owner);
        Assert.Null(garden.Fence);
        Assert.True(garden.Open);
        Assert.Equal(20, garden.MaxTrees);
        Assert.Equal(1, garden.MinTrees);
        Assert.Equal(3072, garden.Soil);
        Assert.Equal(0.25, garden.Slope);
        Assert.Equal(TimeSpan.FromSeconds(90), garden.WaterEvery);
        Assert.Equal(TimeSpan.FromDays(7), garden.MowEvery);
        Assert.Equal(DayOfWeek.Friday, garden.RestDay);
        Assert.Equal(["east", "west"], garden.Paths.AsEnumerable());
        Assert.Equal(5, garden.Pond.Depth);
    }

    [Theory(DisplayName = "What may be absent is switched off by a word")]
    [InlineData("off")]
    [InlineData("infinite")]
    public void Off(string word) => Assert.Null(Bind($"mow-every = {word}").MowEvery);

    [Fact(DisplayName = "A single text stands for a list, divided by semicolons")]
    public void Text_as_list() => Assert.Equal(["a", "b"], Bind("""paths = "a; b;" """).Paths.AsEnumerable());

    [Theory(DisplayName = "A wrong value is refused with key, place, value and what is expected")]
    [InlineData("max-trees = many", "actornode.max-trees (test line 2): 'many' is not a whole number")]
    [InlineData("max-trees = 0", "actornode.max-trees (test line 2): '0' is out of range: 1 to 100")]
    [InlineData("max-trees = 101", "actornode.max-trees (test line 2): '101' is out of range: 1 to 100")]
    [InlineData("max-trees = [1]", "actornode.max-trees (test line 2): [1] is not a whole number")]
    [InlineData("max-trees { a = 1 }", "actornode.max-trees (test line 2): is a section, but should be a whole number")]
    [InlineData("max-trees { }", "actornode.max-trees (test line 2): a section is not a whole number")]
    [InlineData("open = maybe", "actornode.open (test line 2): 'maybe' is not on or off")]
    [InlineData("water-every = 5", "actornode.water-every (test line 2): '5' is not a duration such as '500 ms', '10 s', '5 m', '1 h' or '7 d'")]
    [InlineData("water-every = off", "actornode.water-every (test line 2): 'off' is not a duration such as '500 ms', '10 s', '5 m', '1 h' or '7 d'")]
    [InlineData("mow-every = soon", "actornode.mow-every (test line 2): 'soon' is not a duration such as '500 ms', '10 s', '5 m', '1 h' or '7 d', or off")]
    [InlineData("soil = 3 spades", "actornode.soil (test line 2): '3 spades' is not a number of bytes such as '512', '64 KiB', '32 MiB' or '1 GiB'")]
    [InlineData("rest-day = never", "actornode.rest-day (test line 2): 'never' is not one of sunday, monday, tuesday, wednesday, thursday, friday, saturday")]
    [InlineData("pond = 5", "actornode.pond (test line 2): '5' is not a section")]
    [InlineData("min-trees = 50", "actornode.min-trees (test line 2): is more than max-trees")]
    [InlineData("code = [hunter2]", "actornode.code (test line 2): the value is not a text")]
    [InlineData("pin = 77", "actornode.pin (test line 2): the value is out of range: 1 to 2")]
    public void Wrong_values(string line, string problem) => Assert.Equal([problem], Refused(line));

    [Theory(DisplayName = "An unknown key is refused with the nearest known name")]
    [InlineData("max-tree = 5", "actornode.max-tree (test line 2): unknown key; did you mean 'max-trees'?")]
    [InlineData("ponds.depth = 5", "actornode.ponds (test line 2): unknown key; did you mean 'pond'?")]
    [InlineData("pond.detph = 5", "actornode.pond.detph (test line 2): unknown key; did you mean 'depth'?")]
    [InlineData("depth = 5", "actornode.depth (test line 2): unknown key; did you mean 'actornode.pond.depth'?")]
    [InlineData("pond { shape {} }", "actornode.pond.shape (test line 2): unknown key")]
    [InlineData("kangaroos = 5", "actornode.kangaroos (test line 2): unknown key")]
    public void Unknown_keys(string line, string problem) => Assert.Equal([problem], Refused(line));

    [Fact(DisplayName = "All problems are reported together")]
    public void All_problems() => Assert.Equal(
        [
            "actornode.open (test line 3): 'x' is not on or off",
            "actornode.max-trees (test line 2): 'y' is not a whole number",
            "actornode.pond.depth (test line 5): 'z' is not a whole number",
            "actornode.kangaroos (test line 4): unknown key",
        ],
        Refused("max-trees = y\nopen = x\nkangaroos = 1\npond.depth = z"));

    private static Garden Bind(string lines) =>
        SettingsBinder.Bind<Garden>(HoconDocument.Parse($"actornode {{\n{lines}\n}}", "test").Settings, "actornode");

    private static IEnumerable<string> Refused(string lines) => Assert.Throws<SettingsException>(() => Bind(lines)).Problems;
}
