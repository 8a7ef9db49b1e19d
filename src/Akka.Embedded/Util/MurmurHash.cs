namespace Akka.Util;

/// <summary>
/// The 32-bit hash that places entities on shards. Its numbers are part of the cluster protocol: every node, and every
/// release, must compute the same ones.
/// </summary>
public static class MurmurHash
{
    public static readonly uint StartMagicA = HiddenMagicA;
    public static readonly uint StartMagicB = HiddenMagicB;

    private const uint VisibleMagic = 0x971e137b;
    private const uint VisibleMixer = 0x52dce729;
    private const uint HiddenMagicA = 0x95543787;
    private const uint HiddenMagicB = 0x2ad7eb25;
    private const uint HiddenMixerA = 0x7b7d159c;
    private const uint HiddenMixerB = 0x6bce6396;
    private const uint FinalMixer1 = 0x85ebca6b;
    private const uint FinalMixer2 = 0xc2b2ae35;
    private const uint StringSeed = 0x331df49;
    private const uint ArraySeed = 0x3c074a61;

    public static uint StartHash(uint seed) => seed ^ VisibleMagic;

    public static uint NextMagicA(uint magicA) => unchecked(magicA * 5 + HiddenMixerA);

    public static uint NextMagicB(uint magicB) => unchecked(magicB * 5 + HiddenMixerB);

    public static uint ExtendHash(uint hash, uint value, uint magicA, uint magicB) =>
        unchecked((hash ^ uint.RotateLeft(value * magicA, 11) * magicB) * 3 + VisibleMixer);

    public static uint FinalizeHash(uint hash)
    {
        unchecked
        {
            hash ^= hash >> 16;
            hash *= FinalMixer1;
            hash ^= hash >> 13;
            hash *= FinalMixer2;
            return hash ^ (hash >> 16);
        }
    }

    /// <summary>Two characters a step, the odd one last.</summary>
    public static int StringHash(string s)
    {
        unchecked
        {
            var hash = StartHash((uint)s.Length * StringSeed);
            var (a, b) = (HiddenMagicA, HiddenMagicB);
            var i = 0;
            for (; i + 1 < s.Length; i += 2)
            {
                hash = ExtendHash(hash, ((uint)s[i] << 16) + s[i + 1], a, b);
                (a, b) = (NextMagicA(a), NextMagicB(b));
            }

            if (i < s.Length)
                hash = ExtendHash(hash, s[i], a, b);
            return (int)FinalizeHash(hash);
        }
    }

    public static int ArrayHash<T>(T[] a)
    {
        unchecked
        {
            var hash = StartHash((uint)a.Length * ArraySeed);
            var (magicA, magicB) = (HiddenMagicA, HiddenMagicB);
            foreach (var item in a)
            {
                hash = ExtendHash(hash, (uint)(item?.GetHashCode() ?? 0), magicA, magicB);
                (magicA, magicB) = (NextMagicA(magicA), NextMagicB(magicB));
            }

            return (int)FinalizeHash(hash);
        }
    }

    /// <summary>One byte a step.</summary>
    public static int ByteHash(byte[] b) => ArrayHash(b);

    /// <summary>The same number for any order of the items.</summary>
    public static int SymmetricHash<T>(IEnumerable<T> xs, uint seed)
    {
        unchecked
        {
            var (sum, xor, product, count) = (0u, 0u, 1u, 0u);
            foreach (var item in xs)
            {
                var value = (uint)(item?.GetHashCode() ?? 0);
                sum += value;
                xor ^= value;
                if (value != 0)
                    product *= value;
                count++;
            }

            var (magicA, magicB) = (HiddenMagicA, HiddenMagicB);
            var hash = StartHash(seed * count);
            foreach (var part in (ReadOnlySpan<uint>)[sum, xor, product])
            {
                // The streams' first numbers are skipped: so the numbers that exist were made.
                (magicA, magicB) = (NextMagicA(magicA), NextMagicB(magicB));
                hash = ExtendHash(hash, part, magicA, magicB);
            }

            return (int)FinalizeHash(hash);
        }
    }
}
