using System.Globalization;
using System.Numerics;
using System.Text;

namespace ActorNode.Ethereum.Words;

/// <summary>
/// A JSON number, digit by digit: no double in between changes it, and no exponent makes it longer than is asked for.
/// </summary>
internal readonly ref struct DecimalText
{
    // All digits as one number, without the point; value = 0.digits * 10^point.
    private readonly string _digits;
    private readonly long _point;

    private DecimalText(bool negative, string digits, long point) => (IsNegative, _digits, _point) = (negative, digits, point);

    public bool IsNegative { get; }

    public bool IsZero => _digits.Length == 0;

    /// <summary>The text is a number by the rules of JSON.</summary>
    public static DecimalText Of(string number)
    {
        var negative = number.StartsWith('-');
        var mantissa = number.AsSpan(negative ? 1 : 0);
        var exponent = BigInteger.Zero;
        if (mantissa.IndexOfAny('e', 'E') is var e && e >= 0)
        {
            exponent = BigInteger.Parse(mantissa[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            mantissa = mantissa[..e];
        }

        var dot = mantissa.IndexOf('.');
        var whole = dot < 0 ? mantissa : mantissa[..dot];
        var digits = dot < 0 ? whole.ToString() : string.Concat(whole, mantissa[(dot + 1)..]);
        var first = digits.AsSpan().IndexOfAnyExcept('0');
        if (first < 0)
            return new(negative, "", 0);
        // A double holds the number, so only a tiny one has an exponent that is no long; it is zero for all that is asked here.
        var point = BigInteger.Max(long.MinValue / 2, exponent + whole.Length - first);
        return new(negative, digits[first..].TrimEnd('0'), (long)point);
    }

    /// <summary>Without what is behind the point.</summary>
    public BigInteger Truncate()
    {
        if (_point <= 0 || IsZero)
            return BigInteger.Zero;
        var kept = (int)Math.Min(_point, _digits.Length);
        var whole = BigInteger.Parse(_digits.AsSpan(0, kept), NumberStyles.None, CultureInfo.InvariantCulture)
            * BigInteger.Pow(10, (int)(_point - kept));
        return IsNegative ? -whole : whole;
    }

    /// <summary>Without an exponent; the first characters of it, since that may be long.</summary>
    public string Plain(int atMost)
    {
        var text = new StringBuilder(IsNegative ? "-" : "");
        if (IsZero)
            return text.Append('0').ToString();
        if (_point <= 0)
        {
            text.Append("0.").Append('0', (int)Math.Min(-_point, atMost)).Append(_digits);
        }
        else if (_point >= _digits.Length)
        {
            text.Append(_digits).Append('0', (int)Math.Min(_point - _digits.Length, atMost));
        }
        else
        {
            text.Append(_digits.AsSpan(0, (int)_point)).Append('.').Append(_digits.AsSpan((int)_point));
        }

        return text.ToString(0, Math.Min(text.Length, atMost));
    }
}
