using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Actor.Setup;

namespace Akka.Event;

public enum LogFilterType
{
    Source,
    Content
}

public enum LogFilterDecision
{
    Keep,
    Drop,
    NoDecision
}

/// <summary>Drops log lines that nobody wants to read.</summary>
public abstract class LogFilterBase : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    /// <summary>Whether it looks at the source only: then the message need not be formatted.</summary>
    public abstract LogFilterType FilterType { get; }

    public abstract LogFilterDecision ShouldKeepMessage(LogEvent content, string? expandedMessage = null);
}

public sealed class RegexLogSourceFilter : LogFilterBase
{
    private readonly Regex _regex;

    public RegexLogSourceFilter(Regex sourceRegex) => _regex = sourceRegex;

    public override LogFilterType FilterType => LogFilterType.Source;

    public override LogFilterDecision ShouldKeepMessage(LogEvent content, string? expandedMessage = null) =>
        _regex.IsMatch(content.LogSource) ? LogFilterDecision.Drop : LogFilterDecision.Keep;
}

public sealed class ExactMatchLogSourceFilter : LogFilterBase
{
    private readonly string _source;
    private readonly StringComparison _comparison;

    public ExactMatchLogSourceFilter(string source, StringComparison comparison = StringComparison.OrdinalIgnoreCase)
    {
        _source = source;
        _comparison = comparison;
    }

    public override LogFilterType FilterType => LogFilterType.Source;

    public override LogFilterDecision ShouldKeepMessage(LogEvent content, string? expandedMessage = null) =>
        content.LogSource.Equals(_source, _comparison) ? LogFilterDecision.Drop : LogFilterDecision.Keep;
}

public sealed class RegexLogMessageFilter : LogFilterBase
{
    private readonly Regex _regex;

    public RegexLogMessageFilter(Regex messageRegex) => _regex = messageRegex;

    public override LogFilterType FilterType => LogFilterType.Content;

    public override LogFilterDecision ShouldKeepMessage(LogEvent content, string? expandedMessage = null) =>
        _regex.IsMatch(expandedMessage ?? content.Message.ToString()!) ? LogFilterDecision.Drop : LogFilterDecision.Keep;
}

/// <summary>The filters of a system; any of them may drop a line.</summary>
public class LogFilterEvaluator
{
    public static readonly LogFilterEvaluator NoFilters = new([]);

    private readonly LogFilterBase[] _filters;

    public LogFilterEvaluator(LogFilterBase[] filters)
    {
        _filters = filters;
        EvaluatesLogSourcesOnly = Array.TrueForAll(filters, filter => filter.FilterType == LogFilterType.Source);
    }

    public bool EvaluatesLogSourcesOnly { get; }

    /// <summary>The text is empty unless a filter needed it.</summary>
    public virtual bool ShouldTryKeepMessage(LogEvent evt, out string expandedLogMessage)
    {
        expandedLogMessage = EvaluatesLogSourcesOnly ? "" : evt.Message.ToString() ?? "";
        foreach (var filter in _filters)
        {
            if (filter.ShouldKeepMessage(evt, EvaluatesLogSourcesOnly ? null : expandedLogMessage) == LogFilterDecision.Drop)
                return false;
        }

        return true;
    }
}

public sealed class LogFilterSetup : Setup
{
    public LogFilterSetup(LogFilterBase[] filters) => Filters = filters;

    public LogFilterBase[] Filters { get; }

    public LogFilterEvaluator CreateEvaluator() => new(Filters);
}
