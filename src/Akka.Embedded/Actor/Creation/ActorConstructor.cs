using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Akka.Actor;

/// <summary>Finds constructors by arguments and calls them fast: one invoker for each constructor of the process.</summary>
internal static class ActorConstructor
{
    private static readonly ConcurrentDictionary<ConstructorInfo, ConstructorInvoker> Invokers = new();
    private static readonly ConcurrentDictionary<Type, ConstructorInfo[]> ByType = new();

    public static ConstructorInvoker InvokerOf(ConstructorInfo constructor) =>
        Invokers.TryGetValue(constructor, out var invoker) ? invoker : Invokers.GetOrAdd(constructor, ConstructorInvoker.Create);

    public static object Create(Type type, object?[] arguments)
    {
        if (type.IsAbstract)
            throw new MissingMethodException($"{type} is abstract");
        ConstructorInfo? found = null;
        foreach (var constructor in ByType.GetOrAdd(type, static t =>
            t.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)))
        {
            if (!Accepts(constructor.GetParameters(), arguments))
                continue;
            if (found is null || MoreSpecific(constructor, found))
                found = constructor;
        }

        if (found is null)
            throw new MissingMethodException(
                $"No constructor of {type} takes the arguments ({string.Join(", ", arguments.Select(a => a?.GetType().Name ?? "null"))})");
        return InvokerOf(found).Invoke(Completed(found.GetParameters(), arguments).AsSpan());
    }

    private static bool Accepts(ParameterInfo[] parameters, object?[] arguments)
    {
        if (arguments.Length > parameters.Length)
            return false;
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            if (i >= arguments.Length)
            {
                if (!parameters[i].HasDefaultValue)
                    return false;
            }
            else if (arguments[i] is null ? type.IsValueType && Nullable.GetUnderlyingType(type) is null : !type.IsInstanceOfType(arguments[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MoreSpecific(ConstructorInfo candidate, ConstructorInfo than)
    {
        var (mine, theirs) = (candidate.GetParameters(), than.GetParameters());
        if (mine.Length != theirs.Length)
            return mine.Length < theirs.Length;
        for (var i = 0; i < mine.Length; i++)
        {
            if (!theirs[i].ParameterType.IsAssignableFrom(mine[i].ParameterType))
                return false;
        }

        return true;
    }

    private static object?[] Completed(ParameterInfo[] parameters, object?[] arguments)
    {
        if (parameters.Length == arguments.Length)
            return arguments;
        var all = new object?[parameters.Length];
        for (var i = 0; i < all.Length; i++)
            all[i] = i < arguments.Length ? arguments[i] : parameters[i].DefaultValue;
        return all;
    }
}

/// <summary>
/// Evaluates the arguments of <c>() => new X(a, b)</c>. Constants and captured variables, nearly all there is, are read by
/// reflection; anything else is interpreted, never compiled.
/// </summary>
internal static class ExpressionArguments
{
    public static object?[] Of(NewExpression creation)
    {
        if (creation.Arguments.Count == 0)
            return [];
        var arguments = new object?[creation.Arguments.Count];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = Evaluate(creation.Arguments[i]);
        return arguments;
    }

    private static object? Evaluate(Expression? expression) => expression switch
    {
        null => null,
        ConstantExpression constant => constant.Value,
        MemberExpression { Member: FieldInfo field } access when field.IsStatic || access.Expression is not null =>
            field.GetValue(Evaluate(access.Expression)),
        UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert
            when convert.Type.IsAssignableFrom(convert.Operand.Type) => Evaluate(convert.Operand),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)()
    };
}
