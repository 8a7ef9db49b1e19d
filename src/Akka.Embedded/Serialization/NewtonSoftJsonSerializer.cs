using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Util;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;

namespace Akka.Serialization;

/// <summary>The section <c>akka.actor.serialization-settings.json</c>.</summary>
public sealed class NewtonSoftJsonSerializerSettings
{
    public static readonly NewtonSoftJsonSerializerSettings Default = new(true, true, [], true, 2048, 32768);

    public NewtonSoftJsonSerializerSettings(bool encodeTypeNames, bool preserveObjectReferences, IEnumerable<Type> converters,
        bool usePooledStringBuilder, int stringBuilderMinSize, int stringBuilderMaxSize)
    {
        ArgumentNullException.ThrowIfNull(converters);
        EncodeTypeNames = encodeTypeNames;
        PreserveObjectReferences = preserveObjectReferences;
        Converters = converters;
        UsePooledStringBuilder = usePooledStringBuilder;
        StringBuilderMinSize = stringBuilderMinSize;
        StringBuilderMaxSize = stringBuilderMaxSize;
    }

    public bool EncodeTypeNames { get; }

    public bool PreserveObjectReferences { get; }

    public IEnumerable<Type> Converters { get; }

    public bool UsePooledStringBuilder { get; }

    public int StringBuilderMinSize { get; }

    public int StringBuilderMaxSize { get; }

    public static NewtonSoftJsonSerializerSettings Create(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        const string setting = "akka.actor.serialization-settings.json.converters";
        var converters = config.GetStringList("converters").Select(name => TypeNames.Resolve(name, setting)).ToArray();
        if (converters.FirstOrDefault(type => !typeof(JsonConverter).IsAssignableFrom(type)) is { } wrong)
            throw new ConfigurationException($"{setting} names [{wrong}], which is no {nameof(JsonConverter)}");
        return new NewtonSoftJsonSerializerSettings(config.GetBoolean("encode-type-names", true), config.GetBoolean("preserve-object-references", true),
            converters, config.GetBoolean("use-pooled-string-builder", true), config.GetInt("pooled-string-builder-minsize", 2048),
            config.GetInt("pooled-string-builder-maxsize", 32768));
    }
}

/// <summary>Changes Newtonsoft.Json's settings by code.</summary>
public sealed class NewtonSoftJsonSerializerSetup : Setup
{
    private NewtonSoftJsonSerializerSetup(Action<JsonSerializerSettings> settings) => ApplySettings = settings;

    public Action<JsonSerializerSettings> ApplySettings { get; }

    public static NewtonSoftJsonSerializerSetup Create(Action<JsonSerializerSettings> settings) => new(settings);
}

/// <summary>
/// Serializer 1: JSON that carries the types of its objects, surrogates in place of references and paths, and integers and
/// singles in a form that keeps their type. It reads only what Akka.NET's serializer of this id reads, and the other way round.
/// </summary>
public class NewtonSoftJsonSerializer : Serializer
{
    private readonly JsonSerializer _serializer;

    public NewtonSoftJsonSerializer(ExtendedActorSystem system) : this(system, NewtonSoftJsonSerializerSettings.Default)
    {
    }

    public NewtonSoftJsonSerializer(ExtendedActorSystem system, Config config) : this(system, NewtonSoftJsonSerializerSettings.Create(config))
    {
    }

    public NewtonSoftJsonSerializer(ExtendedActorSystem system, NewtonSoftJsonSerializerSettings settings) : base(system)
    {
        Settings = new JsonSerializerSettings
        {
            PreserveReferencesHandling = settings.PreserveObjectReferences ? PreserveReferencesHandling.Objects : PreserveReferencesHandling.None,
            NullValueHandling = NullValueHandling.Ignore,
            DefaultValueHandling = DefaultValueHandling.Ignore,
            MissingMemberHandling = MissingMemberHandling.Ignore,
            ConstructorHandling = ConstructorHandling.AllowNonPublicDefaultConstructor,
            TypeNameHandling = settings.EncodeTypeNames ? TypeNameHandling.All : TypeNameHandling.None,
            SerializationBinder = new EngineTypes()
        };
        if (system.Settings.Setup.Get<NewtonSoftJsonSerializerSetup>() is { HasValue: true, Value: var setup })
            setup.ApplySettings(Settings);
        foreach (var converter in settings.Converters)
            Settings.Converters.Add(NewConverter(converter, system));
        Settings.Converters.Add(new SurrogateConverter(system));
        Settings.Converters.Add(new UnionConverter());

        // After the setup, which must not change them: with another handling a default that the constructor of a message shares with
        // others would be overwritten, and messages without setters would come back empty.
        Settings.ObjectCreationHandling = ObjectCreationHandling.Replace;
        Settings.ContractResolver = new PrivateSetters();
        _serializer = JsonSerializer.Create(Settings);
    }

    public JsonSerializerSettings Settings { get; }

    public object Serializer => _serializer;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj)
    {
        var text = new StringBuilder(256);
        using (var writer = new JsonTextWriter(new StringWriter(text, CultureInfo.InvariantCulture)) { Formatting = Formatting.None })
        {
            // One for each document: it numbers the objects of all documents that it writes in one row, and not safely.
            JsonSerializer.Create(Settings).Serialize(writer, obj);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public override object FromBinary(byte[] bytes, Type type)
    {
        using var reader = new JsonTextReader(new StreamReader(new MemoryStream(bytes, writable: false), Encoding.UTF8));
        var value = _serializer.Deserialize(reader, type ?? typeof(object));
        return SurrogateConverter.Read(value, system)!;
    }

    private static JsonConverter NewConverter(Type type, ExtendedActorSystem system) =>
        (JsonConverter)(type.GetConstructor([typeof(ExtendedActorSystem)]) is { } constructor
            ? constructor.Invoke([system])
            : Activator.CreateInstance(type)!);

    /// <summary>Immutable messages: properties without a public setter are filled too.</summary>
    private sealed class PrivateSetters : DefaultContractResolver
    {
        protected override JsonProperty CreateProperty(System.Reflection.MemberInfo member, MemberSerialization memberSerialization)
        {
            var property = base.CreateProperty(member, memberSerialization);
            if (!property.Writable && member is System.Reflection.PropertyInfo info)
                property.Writable = info.GetSetMethod(nonPublic: true) is not null;
            return property;
        }
    }

    /// <summary>Types of Akka.NET's assemblies are found in the engine's, and written under Akka.NET's names.</summary>
    private sealed class EngineTypes : DefaultSerializationBinder
    {
        public override void BindToName(Type serializedType, out string? assemblyName, out string? typeName) =>
            (_, typeName, assemblyName) = TypeNames.Parts(serializedType);

        public override Type BindToType(string? assemblyName, string typeName) =>
            TypeNames.Find(assemblyName is null ? typeName : $"{typeName}, {assemblyName}")
            ?? throw new JsonSerializationException($"Could not load type [{typeName}] of assembly [{assemblyName}]");
    }

    /// <summary>Remembers which types are unions: the base looks at the attributes of each object's type anew.</summary>
    private sealed class UnionConverter : DiscriminatedUnionConverter
    {
        private readonly ConcurrentDictionary<Type, bool> _known = new();

        public override bool CanConvert(Type objectType) => _known.GetOrAdd(objectType, base.CanConvert);
    }

    /// <summary>Writes surrogates, and numbers whose type JSON would lose; reads both back.</summary>
    private sealed class SurrogateConverter(ExtendedActorSystem system) : JsonConverter
    {
        public override bool CanConvert(Type objectType) =>
            IsNumber(objectType) || typeof(ISurrogated).IsAssignableFrom(objectType) || objectType == typeof(object);

        public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) =>
            // Without a type: with one that this converter takes it would be asked again, without end.
            Read(serializer.Deserialize(reader), system, objectType);

        public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer)
        {
            switch (value)
            {
                case int or float or decimal:
                    writer.WriteStartObject();
                    writer.WritePropertyName("$");
                    writer.WriteValue(Tag(value));
                    writer.WriteEndObject();
                    break;
                case ISurrogated surrogated:
                    serializer.Serialize(writer, surrogated.ToSurrogate(system), typeof(object));
                    break;
                default:
                    writer.WriteStartObject();
                    writer.WriteEndObject();
                    break;
            }
        }

        public static object? Read(object? value, ActorSystem system, Type? wanted = null)
        {
            if (value is ISurrogate surrogate)
                return surrogate.FromSurrogate(system);
            if (value is JObject { Count: 1 } tagged && tagged["$"] is { Type: JTokenType.String } tag)
                return Untag(tag.Value<string>()!);
            return value is not null && wanted is not null && IsNumber(wanted)
                ? Convert.ChangeType(value, NumberOf(wanted), CultureInfo.InvariantCulture)
                : value;
        }

        private static bool IsNumber(Type type) => NumberOf(type) is var number
            && (number == typeof(int) || number == typeof(float) || number == typeof(decimal));

        private static Type NumberOf(Type type) => Nullable.GetUnderlyingType(type) ?? type;

        private static string Tag(object number) => number switch
        {
            int i => "I" + i.ToString(CultureInfo.InvariantCulture),
            float f => "F" + f.ToString(CultureInfo.InvariantCulture),
            _ => "M" + ((decimal)number).ToString(CultureInfo.InvariantCulture)
        };

        private static object Untag(string text) => text[0] switch
        {
            'I' => int.Parse(text.AsSpan(1), NumberStyles.Integer, CultureInfo.InvariantCulture),
            'F' => float.Parse(text.AsSpan(1), NumberStyles.Float, CultureInfo.InvariantCulture),
            'M' => decimal.Parse(text.AsSpan(1), NumberStyles.Number, CultureInfo.InvariantCulture),
            _ => throw new JsonSerializationException($"[{text}] is no tagged number")
        };
    }
}
