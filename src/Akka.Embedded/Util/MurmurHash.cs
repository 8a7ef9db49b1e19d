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
    private const uint ArraySeed = 0xdc3c9f1d;

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
            var hash = StartHash((uint)s.Length * VisibleMagic);
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

    /// <summary>Four bytes a step, little-endian; the last one to three are one step.</summary>
    public static int ByteHash(byte[] b)
    {
        unchecked
        {
            var hash = StartHash((uint)b.Length * ArraySeed);
            var (magicA, magicB) = (HiddenMagicA, HiddenMagicB);
            for (var i = 0; i < b.Length; i += 4)
            {
                var value = 0u;
                for (var j = 0; j < 4 && i + j < b.Length; j++)
                    value |= (uint)b[i + j] << (8 * j);
                hash = ExtendHash(hash, value, magicA, magicB);
                (magicA, magicB) = (NextMagicA(magicA), NextMagicB(magicB));
            }

            return (int)FinalizeHash(hash);
        }
    }

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

            var hash = StartHash(seed * count);
            hash = ExtendHash(hash, sum, HiddenMagicA, HiddenMagicB);
            hash = ExtendHash(hash, xor, NextMagicA(HiddenMagicA), NextMagicB(HiddenMagicB));
            hash = ExtendHash(hash, product, NextMagicA(NextMagicA(HiddenMagicA)), NextMagicB(NextMagicB(HiddenMagicB)));
            return (int)FinalizeHash(hash);
        }
    }
}
