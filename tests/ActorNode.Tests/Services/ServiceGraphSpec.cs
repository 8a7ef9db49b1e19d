using System.Collections.Immutable;
using ActorNode.Services;
using Xunit;

namespace ActorNode.Tests.Services;

public sealed class ServiceGraphSpec
{
    [Fact(DisplayName = "A single service is its own order")]
    public void Single() => Assert.Equal(["a"], Graph("a").StartOrder().AsEnumerable());

    [Fact(DisplayName = "A chain starts from its end: 1, 2, 3")]
    public void Chain() => Assert.Equal(["1", "2", "3"], Graph("3 2", "2 1", "1").StartOrder().AsEnumerable());

    [Fact(DisplayName = "In a diamond the api starts last, and its two dependencies after the one below them")]
    public void Diamond()
    {
        var graph = Graph("api cache db", "cache config", "db config", "config");

        Assert.Null(graph.Problem());
        Assert.Equal(["config", "cache", "db", "api"], graph.StartOrder().AsEnumerable());
        Assert.Equal(["api", "cache", "db"], graph.AllDependentsOf("config").Order());
    }

    [Fact(DisplayName = "A dependency on one service, and on two, is by name; a name given twice counts once")]
    public void Dependencies()
    {
        Assert.Equal(["b"], Graph("a b", "b").DependenciesOf("a").AsEnumerable());
        Assert.Equal(["b", "c"], Graph("a b c b", "b", "c").DependenciesOf("a").AsEnumerable());
    }

    [Fact(DisplayName = "A missing dependency is a problem that names every service and every missing name")]
    public void Missing() => Assert.Equal(
        "service 'a' depends on 'x', which does not exist; service 'b' depends on 'y', which does not exist", Graph("a x", "b y a").Problem());

    [Theory(DisplayName = "A cycle of one, two or three services is a problem that names it")]
    [InlineData("a -> a", "a a")]
    [InlineData("a -> b -> a", "a b", "b a")]
    [InlineData("a -> b -> c -> a", "a b", "b c", "c a")]
    [InlineData("b -> c -> b", "a b", "b c", "c b", "d a")]
    public void Cycles(string cycle, params string[] services) => Assert.Equal($"circular service dependency: {cycle}", Graph(services).Problem());

    [Fact(DisplayName = "In any graph either each service starts after its dependencies, or the cycle that is named is one (1,000 graphs)")]
    public void Any_graph()
    {
        var cyclic = 0;
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var size = random.Next(1, 12);
            var edges = random.Next(0, size * 2);
            var graph = ServiceGraph.Empty;
            for (var i = 0; i < size; i++)
                graph = graph.With($"{i}", []);
            for (var i = 0; i < edges; i++)
            {
                var from = $"{random.Next(size)}";
                graph = graph.With(from, graph.DependenciesOf(from).Add($"{random.Next(size)}"));
            }

            if (graph.Cycle() is { } cycle)
            {
                cyclic++;
                Assert.Equal(cycle[0], cycle[^1]);
                Assert.All(cycle.Zip(cycle.Skip(1)), e => Assert.Contains(e.Second, graph.DependenciesOf(e.First)));
                continue;
            }

            var order = graph.StartOrder();
            Assert.Equal(graph.Names.Order(StringComparer.Ordinal), order.Order(StringComparer.Ordinal));
            Assert.All(graph.Names, n => Assert.All(graph.DependenciesOf(n), d => Assert.True(order.IndexOf(d) < order.IndexOf(n), $"seed {seed}: {d} before {n}")));
        }

        Assert.InRange(cyclic, 100, 900);
    }

    /// <summary>Each text is a service and its dependencies.</summary>
    internal static ServiceGraph Graph(params string[] services) => services
        .Select(s => s.Split(' '))
        .Aggregate(ServiceGraph.Empty, (graph, s) => graph.With(s[0], s[1..].ToImmutableArray()));
}
