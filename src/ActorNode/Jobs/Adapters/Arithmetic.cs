using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters;

/// <summary>Multiplication and division of the result, which becomes a string in plain decimals. Exact, unlike the original's ten digits.</summary>
internal static class Arithmetic
{
    /// <summary>The adapter "multiply", by the parameter "times". Without it the result stays the number that it is.</summary>
    public static IAdapter Multiply(JobData parameters)
    {
        var times = Factor(parameters, "times");
        return new ImmediateAdapter(input =>
        {
            var result = Result(input.Data);
            return TaskOutcome.Completed(input.Data.WithResult((times is { } factor ? result * factor : result).ToString()));
        });
    }

    /// <summary>The adapter "quotient": the parameter "dividend" by the result. Without it the result stays the number that it is.</summary>
    public static IAdapter Quotient(JobData parameters)
    {
        var dividend = Factor(parameters, "dividend");
        return new ImmediateAdapter(input =>
        {
            var result = Result(input.Data);
            if (dividend is null)
                return TaskOutcome.Completed(input.Data.WithResult(result.ToString()));
            return result.IsZero
                ? TaskOutcome.Errored(input.Data, "cannot divide by zero")
                : TaskOutcome.Completed(input.Data.WithResult((dividend.Value / result).ToString()));
        });
    }

    private static ExactDecimal? Factor(JobData parameters, string name)
    {
        var value = Parameter.Find(parameters, name);
        if (value.ValueKind == JsonValueKind.Undefined)
            return null;
        var text = value.ValueKind is JsonValueKind.Number ? value.GetRawText() : ResultText.Of(value);
        return value.ValueKind is JsonValueKind.Number or JsonValueKind.String && ExactDecimal.TryParse(text, out var factor)
            ? factor
            : throw new AdapterException($"cannot parse into float: {text}");
    }

    private static ExactDecimal Result(JobData data)
    {
        var value = data.Result;
        var text = value.ValueKind is JsonValueKind.Number ? value.GetRawText() : ResultText.Of(value);
        return value.ValueKind is JsonValueKind.Number or JsonValueKind.String && ExactDecimal.TryParse(text, out var number)
            ? number
            : throw new AdapterException($"cannot parse into big.Float: {text}");
    }
}
