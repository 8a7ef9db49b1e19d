using System.Text;

namespace Akka.Persistence.Sql;

/// <summary>Manifests and writers say the same over and over: the last string is used again while the bytes are the same.</summary>
internal struct RepeatedText
{
    private byte[]? _bytes;
    private string? _text;

    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (_text is null || !utf8.SequenceEqual(_bytes))
        {
            _bytes = utf8.ToArray();
            _text = Encoding.UTF8.GetString(utf8);
        }

        return _text;
    }
}
