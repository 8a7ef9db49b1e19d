namespace Akka.Util;

public static class TypeExtensions
{
    public static bool Implements<T>(this Type type) => type.Implements(typeof(T));

    /// <summary>Whether a value of the type is one of the more general type.</summary>
    public static bool Implements(this Type type, Type moreGeneralType) => moreGeneralType.IsAssignableFrom(type);

    /// <summary>"Namespace.Type, Assembly", the manifest of serializers that have none of their own.</summary>
    public static string TypeQualifiedName(this Type type) => TypeNames.Of(type);
}
