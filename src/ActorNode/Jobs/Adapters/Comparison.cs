using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters;

/// <summary>The adapter "compare": whether the result and the parameter "value" are as "operator" says. Numbers are compared exactly.</summary>
internal static class Comparison
{
    /// <summary>The adapter with its parameters.</summary>
    public static IAdapter Create(JobData parameters)
    {
        var @operator = Parameter.Text(parameters, "operator");
        var value = Parameter.Text(parameters, "value");
        return new ImmediateAdapter(input =>
        {
            if (string.IsNullOrEmpty(value))
                throw new AdapterException("value not specified");
            var holds = Holds(@operator, ResultText.Of(input.Data.Result), value);
            return TaskOutcome.Completed(input.Data.With(JobData.ResultKey, holds ? "true"u8 : "false"u8));
        });
    }

    private static bool Holds(string? @operator, string result, string value) => @operator switch
    {
        "eq" => result == value,
        "neq" => result != value,
        "gt" => Order(result, value) > 0,
        "gte" => Order(result, value) >= 0,
        "lt" => Order(result, value) < 0,
        "lte" => Order(result, value) <= 0,
        _ => throw new AdapterException("operator not specified"),
    };

    private static int Order(string result, string value)
    {
        if (!ExactDecimal.TryParse(result, out var left))
            throw new AdapterException("the result was not a number");
        if (!ExactDecimal.TryParse(value, out var right))
            throw new AdapterException("the value was not a number");
        return left.CompareTo(right);
    }
}
