namespace Akka.Util;

/// <summary>A truth value that changes atomically.</summary>
public class AtomicBoolean
{
    private int _value;

    public AtomicBoolean(bool initialValue = false) => _value = Number(initialValue);

    public bool Value
    {
        get => Volatile.Read(ref _value) != 0;
        set => Interlocked.Exchange(ref _value, Number(value));
    }

    public static implicit operator bool(AtomicBoolean atomicBoolean) => atomicBoolean.Value;

    public bool CompareAndSet(bool expected, bool newValue) =>
        Interlocked.CompareExchange(ref _value, Number(newValue), Number(expected)) == Number(expected);

    public bool GetAndSet(bool newValue) => Interlocked.Exchange(ref _value, Number(newValue)) != 0;

    private static int Number(bool value) => value ? 1 : 0;
}

/// <summary>A reference that changes atomically.</summary>
public class AtomicReference<T> where T : class
{
    protected T atomicValue;

    public AtomicReference() => atomicValue = null!;

    public AtomicReference(T originalValue) => atomicValue = originalValue;

    public T Value
    {
        get => Volatile.Read(ref atomicValue);
        set => Interlocked.Exchange(ref atomicValue, value);
    }

    public static implicit operator T(AtomicReference<T> atomicReference) => atomicReference.Value;

    /// <summary>Compares by reference.</summary>
    public bool CompareAndSet(T expected, T newValue) => ReferenceEquals(Interlocked.CompareExchange(ref atomicValue, newValue, expected), expected);

    public T GetAndSet(T newValue) => Interlocked.Exchange(ref atomicValue, newValue);
}
