using System.Reflection;
using System.Runtime.CompilerServices;

namespace Akka.Embedded.Tests.Api;

/// <summary>The public API of assemblies as lines: what other assemblies can use, in a form that two assemblies compare by.</summary>
internal static class ApiListing
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The listings of the packages, all in one.</summary>
    public static IReadOnlyList<ApiLine> OfPackages() => OfEachPackage().SelectMany(package => package.Lines).Distinct().ToList();

    /// <summary>In which of the packages' assemblies a type is, by its name here.</summary>
    public static IReadOnlyDictionary<string, string> AssembliesOfPackages() => OfEachPackage()
        .SelectMany(package => package.Lines.Where(line => line.IsType).Select(line => (line.Type, package.Assembly)))
        .ToDictionary(entry => entry.Type, entry => entry.Assembly, StringComparer.Ordinal);

    public static IEnumerable<ApiLine> Of(Type type)
    {
        var name = Name(type);
        yield return new ApiLine(name, $"type {Kind(type)}{Bases(type)}");
        if (IsDelegate(type))
        {
            yield return new ApiLine(name, Signature(type.GetMethod("Invoke")!));
            yield break;
        }

        foreach (var constructor in type.GetConstructors(Declared).Where(c => IsVisible(c) && !c.IsStatic))
            yield return new ApiLine(name, $"{Access(constructor)}.ctor({Parameters(constructor)})");
        foreach (var method in type.GetMethods(Declared).Where(m => IsVisible(m) && !m.Name.Contains('<', StringComparison.Ordinal)))
            yield return new ApiLine(name, $"{Access(method)}{Modifiers(method)}{Signature(method)}");
        foreach (var field in type.GetFields(Declared).Where(IsVisible))
            yield return new ApiLine(name, $"{(field.IsPublic ? "" : "protected ")}{(field.IsStatic ? "static " : "")}field {Name(field.FieldType)} {field.Name}");
    }

    /// <summary>Interfaces that a type only has because a base of the framework has them: they vary with the framework's version.</summary>
    public static IReadOnlySet<string> InheritedFromFramework(Type type)
    {
        var framework = type.BaseType;
        while (framework is not null && framework.Namespace?.StartsWith("Akka", StringComparison.Ordinal) == true)
            framework = framework.BaseType;
        return framework is null ? new HashSet<string>() : framework.GetInterfaces().Select(Name).ToHashSet(StringComparer.Ordinal);
    }

    public static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null
        || (type.IsValueType && type.GetMethod("PrintMembers", Declared)?.IsDefined(typeof(CompilerGeneratedAttribute)) == true);

    public static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter)
            return type.Name;

        var own = type.Name.Split('`')[0];
        var arguments = type.GetGenericArguments();
        if (type.DeclaringType is not { } outer)
            return (type.Namespace is { } space ? space + "." : "") + own + Arguments(arguments);
        return Name(outer) + "." + own + Arguments(arguments[outer.GetGenericArguments().Length..]);
    }

    private static IEnumerable<(string Assembly, IReadOnlyList<ApiLine> Lines)> OfEachPackage()
    {
        var assembly = typeof(ApiListing).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("api/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            yield return (name["api/".Length..], lines.Select(ApiLine.Parse).ToList());
        }
    }

    private static string Bases(Type type)
    {
        var names = type.GetInterfaces().Where(i => i.IsVisible).Select(Name).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            names.Insert(0, Name(parent));
        return names.Count == 0 ? "" : " : " + string.Join(", ", names);
    }

    private static bool IsDelegate(Type type) => typeof(MulticastDelegate).IsAssignableFrom(type);

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        _ when IsDelegate(type) => "delegate",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static bool IsVisible(MethodBase method) =>
        method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsVisible(FieldInfo field) =>
        !field.IsSpecialName && (field.IsPublic || ((field.IsFamily || field.IsFamilyOrAssembly) && !field.DeclaringType!.IsSealed));

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method) => method switch
    {
        { IsStatic: true } => "static ",
        { DeclaringType.IsInterface: true } => "",
        { IsAbstract: true } => "abstract ",
        { IsVirtual: true, IsFinal: false } => "virtual ",
        _ => "",
    };

    private static string Signature(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? method.GetGenericArguments() : [];
        var extension = method.IsDefined(typeof(ExtensionAttribute), false) ? "this " : "";
        return $"{Name(method.ReturnType)} {method.Name}{Arguments(generic)}({extension}{Parameters(method)}){string.Concat(generic.Select(Constraints))}";
    }

    private static string Constraints(Type parameter)
    {
        var attributes = parameter.GenericParameterAttributes;
        var rules = new List<string>();
        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            rules.Add("class");
        if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
            rules.Add("struct");
        rules.AddRange(parameter.GetGenericParameterConstraints().Where(c => c != typeof(ValueType)).Select(Name));
        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint)
            && !attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
            rules.Add("new()");
        return rules.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", rules)}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var passing = parameter.IsDefined(typeof(ParamArrayAttribute), false) ? "params "
            : parameter.IsOut ? "out "
            : parameter.ParameterType.IsByRef ? "ref " : "";
        var standard = parameter.HasDefaultValue ? FormattableString.Invariant($" = {parameter.RawDefaultValue ?? "null"}") : "";
        return $"{passing}{Name(parameter.ParameterType)} {parameter.Name}{standard}";
    }

    private static string Arguments(Type[] arguments) =>
        arguments.Length == 0 ? "" : "<" + string.Join(", ", arguments.Select(Name)) + ">";
}
