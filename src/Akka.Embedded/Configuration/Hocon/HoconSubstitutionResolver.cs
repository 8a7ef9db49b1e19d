namespace Akka.Configuration.Hocon;

/// <summary>
/// Gives every substitution of a complete document its value, depth first, so that a path may lead through other substitutions and a
/// cycle is found rather than followed.
/// </summary>
internal sealed class HoconSubstitutionResolver(HoconValue root)
{
    private readonly HashSet<HoconValue> _inProgress = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<HoconValue> _done = new(ReferenceEqualityComparer.Instance);

    public void Resolve() => Resolve(root);

    private void Resolve(HoconValue value)
    {
        if (_done.Contains(value))
            return;
        _inProgress.Add(value);
        foreach (var part in value.Values)
        {
            switch (part)
            {
                case HoconSubstitution substitution:
                    Resolve(substitution);
                    break;
                case HoconObject content:
                    foreach (var member in content.Items.Values)
                        Resolve(member);
                    break;
                case HoconArray elements:
                    elements.ForEach(Resolve);
                    break;
            }
        }

        _inProgress.Remove(value);
        _done.Add(value);
    }

    private void Resolve(HoconSubstitution substitution)
    {
        var target = root;
        foreach (var key in HoconPath.Split(substitution.Path))
        {
            // A step may lead through another substitution, which must have its value first.
            if (target.Values.OfType<HoconSubstitution>().FirstOrDefault() is { } step)
            {
                if (_inProgress.Contains(target))
                    throw Cycle(substitution);
                Resolve(step);
            }

            target = target.GetChildObject(key) ?? throw new ConfigurationException(
                $"Substitution ${{{substitution.Path}}} names a path that the document does not set (line {substitution.Line})");
        }

        if (_inProgress.Contains(target))
            throw Cycle(substitution);
        Resolve(target);
        substitution.ResolvedValue = target;
    }

    private static ConfigurationException Cycle(HoconSubstitution substitution) =>
        new($"Substitution ${{{substitution.Path}}} leads back to itself (line {substitution.Line})");
}
