using System.Globalization;
using System.Numerics;

namespace ActorNode.Jobs.Adapters;

/// <summary>
/// A decimal number of any precision, digits times a power of ten, without zeros at the end of its digits. Amounts pass through jobs as they
/// are: nothing is rounded but what has no end, a quotient.
/// </summary>
public readonly record struct ExactDecimal : IComparable<ExactDecimal>
{
    /// <summary>The most digits that are read, before and after the point together.</summary>
    public const int MaxDigits = 1000;

    /// <summary>The largest power of ten of the first digit, either way: beyond every number that a double holds.</summary>
    public const int MaxExponent = 1000;

    /// <summary>Significant digits of a quotient that does not end before.</summary>
    public const int QuotientDigits = 34;

    private readonly BigInteger _digits;
    private readonly int _exponent;

    private ExactDecimal(BigInteger digits, int exponent)
    {
        while (!digits.IsZero && exponent < MaxExponent * 4)
        {
            var shorter = BigInteger.DivRem(digits, 10, out var last);
            if (!last.IsZero)
                break;
            (digits, exponent) = (shorter, exponent + 1);
        }

        (_digits, _exponent) = (digits, digits.IsZero ? 0 : exponent);
    }

    /// <summary>Whether it is zero.</summary>
    public bool IsZero => _digits.IsZero;

    /// <summary>Reads a sign, digits with a point among them, and an exponent; the first and the last may be left out.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExactDecimal number)
    {
        number = default;
        var mantissa = text;
        var exponent = 0;
        if (text.IndexOfAny('e', 'E') is var e && e >= 0)
        {
            if (!int.TryParse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
                return false;
            mantissa = text[..e];
        }

        var negative = mantissa.StartsWith("-");
        if (negative || mantissa.StartsWith("+"))
            mantissa = mantissa[1..];
        var point = mantissa.IndexOf('.');
        var digits = point < 0 ? mantissa.ToString() : string.Concat(mantissa[..point], mantissa[(point + 1)..]);
        if (digits.Length > MaxDigits || Math.Abs((long)exponent) > MaxExponent
            || !BigInteger.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        number = new ExactDecimal(negative ? -value : value, exponent - (point < 0 ? 0 : mantissa.Length - point - 1));
        return true;
    }

    /// <summary>The product, exactly.</summary>
    public static ExactDecimal operator *(ExactDecimal left, ExactDecimal right) =>
        new(left._digits * right._digits, left._exponent + right._exponent);

    /// <summary>The quotient: exactly where it ends within <see cref="QuotientDigits"/> digits, otherwise rounded to them, half to even.</summary>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static ExactDecimal operator /(ExactDecimal dividend, ExactDecimal divisor)
    {
        if (divisor.IsZero)
            throw new DivideByZeroException();
        // So many more digits that the quotient has one or two more than it keeps.
        var more = Math.Max(0, QuotientDigits + 1 + Length(divisor._digits) - Length(dividend._digits));
        var quotient = BigInteger.DivRem(dividend._digits * BigInteger.Pow(10, more), divisor._digits, out var rest);
        return Rounded(quotient, dividend._exponent - divisor._exponent - more, !rest.IsZero);
    }

    /// <inheritdoc/>
    public int CompareTo(ExactDecimal other)
    {
        var lower = Math.Min(_exponent, other._exponent);
        return (_digits * BigInteger.Pow(10, _exponent - lower)).CompareTo(other._digits * BigInteger.Pow(10, other._exponent - lower));
    }

    /// <summary>Less.</summary>
    public static bool operator <(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) < 0;

    /// <summary>More.</summary>
    public static bool operator >(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) > 0;

    /// <summary>Less or the same.</summary>
    public static bool operator <=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) <= 0;

    /// <summary>More or the same.</summary>
    public static bool operator >=(ExactDecimal left, ExactDecimal right) => left.CompareTo(right) >= 0;

    /// <summary>In plain decimals, without exponent and without zeros that mean nothing.</summary>
    public override string ToString()
    {
        var sign = _digits.Sign < 0 ? "-" : "";
        var digits = BigInteger.Abs(_digits).ToString(CultureInfo.InvariantCulture);
        if (_exponent >= 0)
            return sign + digits + new string('0', _exponent);
        var point = digits.Length + _exponent;
        return point > 0 ? $"{sign}{digits[..point]}.{digits[point..]}" : $"{sign}0.{new string('0', -point)}{digits}";
    }

    private static ExactDecimal Rounded(BigInteger quotient, int exponent, bool more)
    {
        if (Length(quotient) - QuotientDigits is not (> 0 and var surplus))
            return new ExactDecimal(quotient, exponent);
        var unit = BigInteger.Pow(10, surplus);
        var kept = BigInteger.DivRem(quotient, unit, out var cut);
        var half = (BigInteger.Abs(cut) * 2).CompareTo(unit);
        if (half > 0 || (half == 0 && (more || !kept.IsEven)))
            kept += quotient.Sign;
        return new ExactDecimal(kept, exponent + surplus);
    }

    private static int Length(BigInteger digits) => BigInteger.Abs(digits).ToString(CultureInfo.InvariantCulture).Length;
}
