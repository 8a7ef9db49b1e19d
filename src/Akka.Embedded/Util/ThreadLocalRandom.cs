namespace Akka.Util;

/// <summary>Randomness for any thread.</summary>
public static class ThreadLocalRandom
{
    public static Random Current => Random.Shared;
}
