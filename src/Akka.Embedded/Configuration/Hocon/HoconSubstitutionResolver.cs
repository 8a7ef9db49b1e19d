namespace Akka.Configuration.Hocon;

/// <summary>
/// Gives every substitution of a complete document its value, depth first, so that a path may lead through other substitutions and a
/// cycle is found rather than followed. What would exhaust the stack or the memory of whoever reads it is refused.
/// </summary>
internal sealed class HoconSubstitutionResolver(HoconValue root)
{
    private const int MaximumDepth = 400;
    private const long MaximumExtent = 1 << 20;

    private readonly HashSet<HoconValue> _inProgress = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<HoconValue, Measure> _done = new(ReferenceEqualityComparer.Instance);

    public void Resolve() => Resolve(root);

    private Measure Resolve(HoconValue value)
    {
        if (_done.TryGetValue(value, out var known))
            return known;
        if (_inProgress.Count >= MaximumDepth)
            throw TooDeep(value.Line);
        _inProgress.Add(value);
        var measure = new Measure(0, 0);
        foreach (var part in value.Values)
        {
            switch (part)
            {
                case HoconSubstitution substitution:
                    measure = measure.With(Resolve(substitution));
                    break;
                case HoconObject content:
                    foreach (var member in content.Items.Values)
                        measure = measure.With(Resolve(member));
                    break;
                case HoconArray elements:
                    foreach (var element in elements)
                        measure = measure.With(Resolve(element));
                    break;
                case HoconLiteral literal:
                    measure = measure.With(new Measure(0, literal.Value.Length));
                    break;
            }
        }

        _inProgress.Remove(value);
        measure = new Measure(measure.Depth + 1, measure.Extent + 1);
        if (measure.Depth > MaximumDepth)
            throw TooDeep(value.Line);
        _done.Add(value, measure);
        return measure;
    }

    private Measure Resolve(HoconSubstitution substitution)
    {
        var target = root;
        foreach (var key in HoconPath.Split(substitution.Path))
        {
            // A step may lead through another substitution, which must have its value first.
            if (target.Values.Exists(part => part is HoconSubstitution))
                ResolveStep(target, substitution);
            target = target.GetChildObject(key) ?? throw new ConfigurationException(
                $"Substitution ${{{substitution.Path}}} names a path that the document does not set (line {substitution.Line})");
        }

        var measure = ResolveStep(target, substitution);
        if (measure.Extent > MaximumExtent)
            throw new ConfigurationException(
                $"Substitution ${{{substitution.Path}}} stands for more than {MaximumExtent} characters and values (line {substitution.Line})");
        substitution.ResolvedValue = target;
        return measure;
    }

    private Measure ResolveStep(HoconValue target, HoconSubstitution on) => _inProgress.Contains(target)
        ? throw new ConfigurationException($"Substitution ${{{on.Path}}} leads back to itself (line {on.Line})")
        : Resolve(target);

    private static ConfigurationException TooDeep(int line) =>
        new($"Values and substitutions are nested more than {MaximumDepth} levels deep (line {line})");

    /// <summary>How deep a value is and what it holds, all substitutions written out.</summary>
    private readonly record struct Measure(int Depth, long Extent)
    {
        public Measure With(Measure part) => new(Math.Max(Depth, part.Depth), Extent + part.Extent);
    }
}
