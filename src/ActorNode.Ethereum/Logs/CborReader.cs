using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Ethereum.Logs;

/// <summary>
/// The CBOR (RFC 8949) of request logs, as JSON data. What contracts leave out is forgiven: the delimiters of the outermost map; and what they
/// leave behind: anything after that map, such as a surplus break and the zeros up to the next word.
/// <para>
/// Byte strings become base64, numbers keep their value exactly, tags other than those of big numbers are passed over. Nothing is allocated by a
/// length that was not compared with what is there.
/// </para>
/// </summary>
public static class CborReader
{
    /// <summary>Reads one map.</summary>
    /// <exception cref="FormatException">It is none, or is damaged, or breaks a limit; the message says what and where.</exception>
    public static JobData Read(ReadOnlySpan<byte> cbor, JobDataLimits? limits = null)
    {
        limits ??= JobDataLimits.Default;
        if (cbor.IsEmpty)
            return JobData.Empty;
        if (cbor.Length > limits.MaxBytes)
            throw new FormatException($"CBOR of {cbor.Length} bytes is larger than {limits.MaxBytes}");
        var walk = new Walk(cbor, limits);
        walk.Root();
        return JobData.Parse(walk.Json, limits);
    }

    private enum Major
    {
        Unsigned = 0,
        Negative = 1,
        Bytes = 2,
        Text = 3,
        Array = 4,
        Map = 5,
        Tag = 6,
        Simple = 7,
    }

    private ref struct Walk(ReadOnlySpan<byte> cbor, JobDataLimits limits)
    {
        private const byte Break = 0xff;
        private const int Indefinite = 31;
        private const ulong PositiveBignum = 2;
        private const ulong NegativeBignum = 3;

        /// <summary>A big number of more bytes is beyond a double, as no number in JSON may be.</summary>
        private const int MaxBignumLength = 128;

        private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        private readonly ReadOnlySpan<byte> _cbor = cbor;
        private readonly ArrayBufferWriter<byte> _json = new();
        private int _at;
        private int _depth;
        private int _items;

        public readonly ReadOnlySpan<byte> Json => _json.WrittenSpan;

        public void Root()
        {
            if (TypeOf(_cbor[0]) == Major.Map)
            {
                Value();
            }
            else if (_cbor.Length == 1)
            {
                throw new FormatException($"CBOR: a map is expected, not the byte 0x{_cbor[0]:x2}");
            }
            else
            {
                _depth++;
                Members(count: null, undelimited: true);
            }
        }

        private void Value()
        {
            var at = _at;
            var (major, info) = Head();
            switch (major)
            {
                case Major.Unsigned:
                    Write(Argument(info).ToString(CultureInfo.InvariantCulture));
                    break;
                case Major.Negative:
                    Write((-1 - (Int128)Argument(info)).ToString(CultureInfo.InvariantCulture));
                    break;
                case Major.Bytes:
                    Write($"\"{Convert.ToBase64String(Content(major, info))}\"");
                    break;
                case Major.Text:
                    WriteText(DecodeText(Content(major, info), at));
                    break;
                case Major.Array:
                    Enter(at);
                    Items(Count(info, bytesEach: 1));
                    _depth--;
                    break;
                case Major.Map:
                    Enter(at);
                    Members(Count(info, bytesEach: 2), undelimited: false);
                    _depth--;
                    break;
                case Major.Tag:
                    Tagged(Argument(info), at);
                    break;
                default:
                    Simple(info, at);
                    break;
            }
        }

        private void Items(ulong? count)
        {
            Write("[");
            for (var i = 0UL; count is null ? !EndsHere() : i < count; i++)
            {
                if (i > 0)
                    Write(",");
                Value();
            }

            Write("]");
        }

        private void Members(ulong? count, bool undelimited)
        {
            Write("{");
            for (var i = 0UL; count is null ? !(undelimited ? UndelimitedEndsHere() : EndsHere()) : i < count; i++)
            {
                if (i > 0)
                    Write(",");
                WriteText(Key());
                Write(":");
                Value();
            }

            Write("}");
        }

        private string Key()
        {
            var at = _at;
            var (major, info) = Head();
            if (major == Major.Text)
                return DecodeText(Content(major, info), at);
            throw new FormatException($"Unable to coerce key {Describe(major, info, at)} to a string");
        }

        /// <summary>Type and value in the words of the original.</summary>
        private string Describe(Major major, int info, int at)
        {
            switch (major)
            {
                case Major.Unsigned:
                    return $"uint64 {Argument(info)}";
                case Major.Negative:
                    return $"int64 {-1 - (Int128)Argument(info)}";
                case Major.Bytes:
                    // The beginning tells enough.
                    return $"[]uint8 [{string.Join(' ', Content(major, info).Take(32))}]";
                case Major.Array:
                    return "[]interface {} of an array";
                case Major.Map:
                    return "map[interface {}]interface {} of a map";
                case Major.Tag:
                    return $"tag {Argument(info)}";
                default:
                    return info switch
                    {
                        20 => "bool false",
                        21 => "bool true",
                        22 or 23 => "<nil> <nil>",
                        25 or 26 or 27 => $"float64 {Float(info).ToString("R", CultureInfo.InvariantCulture)}",
                        _ => throw Damaged($"the byte 0x{_cbor[at]:x2} stands for no value", at),
                    };
            }
        }

        private void Tagged(ulong tag, int at)
        {
            if (tag is not (PositiveBignum or NegativeBignum))
            {
                // What a tag adds to a value has no place in JSON.
                Enter(at);
                Value();
                _depth--;
                return;
            }

            var (major, info) = Head();
            if (major != Major.Bytes)
                throw Damaged("a big number is no byte string", at);
            var digits = Content(major, info).AsSpan().TrimStart((byte)0);
            if (digits.Length > MaxBignumLength)
                throw Damaged($"a number of {digits.Length} bytes is beyond a double", at);
            var number = new BigInteger(digits, isUnsigned: true, isBigEndian: true);
            Write((tag == PositiveBignum ? number : -1 - number).ToString(CultureInfo.InvariantCulture));
        }

        private void Simple(int info, int at)
        {
            switch (info)
            {
                case 20:
                    Write("false");
                    break;
                case 21:
                    Write("true");
                    break;
                case 22 or 23:
                    Write("null");
                    break;
                case 25 or 26 or 27:
                    var number = Float(info);
                    if (!double.IsFinite(number))
                        throw Damaged("a number is not finite, as every number in JSON is", at);
                    Write(number.ToString("R", CultureInfo.InvariantCulture));
                    break;
                case Indefinite:
                    throw Damaged("a break ends nothing", at);
                default:
                    throw Damaged($"the byte 0x{_cbor[at]:x2} stands for no value", at);
            }
        }

        private double Float(int info) => info switch
        {
            25 => (double)BinaryPrimitives.ReadHalfBigEndian(Take(2)),
            26 => BinaryPrimitives.ReadSingleBigEndian(Take(4)),
            _ => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
        };

        /// <summary>The bytes of a string, or of all its chunks.</summary>
        private byte[] Content(Major major, int info)
        {
            if (info != Indefinite)
                return Chunk(info).ToArray();
            // Grows with what was read.
            var content = new ArrayBufferWriter<byte>();
            while (!EndsHere())
            {
                var at = _at;
                var (chunk, length) = Head();
                if (chunk != major || length == Indefinite)
                    throw Damaged("a string has a chunk of another kind", at);
                content.Write(Chunk(length));
            }

            return content.WrittenSpan.ToArray();
        }

        private ReadOnlySpan<byte> Chunk(int info)
        {
            var at = _at;
            var length = Argument(info);
            return length <= (ulong)(_cbor.Length - _at)
                ? Take((int)length)
                : throw Damaged($"a string of {length} bytes is longer than the {_cbor.Length - _at} that follow", at);
        }

        /// <summary>How many items or members follow; null: up to a break.</summary>
        private ulong? Count(int info, uint bytesEach)
        {
            if (info == Indefinite)
                return null;
            var at = _at;
            var count = Argument(info);
            return count <= (ulong)(_cbor.Length - _at) / bytesEach
                ? count
                : throw Damaged($"{count} entries do not fit in the {_cbor.Length - _at} bytes that follow", at);
        }

        private ulong Argument(int info) => info switch
        {
            < 24 => (ulong)info,
            24 => Take(1)[0],
            25 => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            26 => BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
            27 => BinaryPrimitives.ReadUInt64BigEndian(Take(8)),
            _ => throw Damaged("a length or a number has no such form", _at - 1),
        };

        private (Major Major, int Info) Head()
        {
            // Every item costs: a short text of nothing but empty arrays would make many objects.
            if (++_items > 4 * limits.MaxKeys)
                throw new FormatException($"CBOR has more than {4 * limits.MaxKeys} items");
            var first = Take(1)[0];
            return (TypeOf(first), first & 0x1f);
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > _cbor.Length - _at)
                throw Damaged($"{count} bytes are wanted and {_cbor.Length - _at} are there", _at);
            var taken = _cbor.Slice(_at, count);
            _at += count;
            return taken;
        }

        private bool EndsHere()
        {
            if (_at >= _cbor.Length || _cbor[_at] != Break)
                return false;
            _at++;
            return true;
        }

        /// <summary>At a break, at the end, or where only the zeros that fill a word are left.</summary>
        private bool UndelimitedEndsHere() => EndsHere() || !_cbor[_at..].ContainsAnyExcept((byte)0);

        private void Enter(int at)
        {
            if (++_depth > limits.MaxDepth)
                throw Damaged($"values lie deeper within each other than {limits.MaxDepth}", at);
        }

        private readonly void Write(string ascii)
        {
            if (_json.WrittenCount + ascii.Length > limits.MaxBytes)
                throw new FormatException($"CBOR is larger than {limits.MaxBytes} bytes as JSON");
            Encoding.ASCII.GetBytes(ascii, _json);
        }

        private readonly void WriteText(string text)
        {
            if (_json.WrittenCount + text.Length > limits.MaxBytes)
                throw new FormatException($"CBOR is larger than {limits.MaxBytes} bytes as JSON");
            CanonicalJson.WriteText(text, _json);
        }

        private static string DecodeText(byte[] utf8, int at)
        {
            try
            {
                return Strict.GetString(utf8);
            }
            catch (DecoderFallbackException wrong)
            {
                throw new FormatException($"CBOR at byte {at + 1}: a text is no valid UTF-8", wrong);
            }
        }

        private static Major TypeOf(byte first) => (Major)(first >> 5);

        private static FormatException Damaged(string what, int at) => new($"CBOR at byte {at + 1}: {what}");
    }
}
