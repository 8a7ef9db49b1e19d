namespace Akka.Annotations;

/// <summary>Marks API that may change without notice.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class ApiMayChangeAttribute : Attribute;

/// <summary>Marks a type that programs must not inherit from.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class DoNotInheritAttribute : Attribute;

/// <summary>Marks what is public for technical reasons only.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class InternalApiAttribute : Attribute;

/// <summary>Marks internal API on which others rely, and that stays as it is.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class InternalStableApiAttribute : Attribute;
