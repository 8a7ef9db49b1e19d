using System.Text.Json;
using ActorNode.Configuration;
using ActorNode.Protocol.Forging;

namespace ActorNode.Server.Http.Forging;

/// <summary>How the API spells what the forge worker says. Bytes are hexadecimal, what is not there is null.</summary>
internal static class ForgingJson
{
    public static void Write(Utf8JsonWriter json, ForgeReplies.KeyList list)
    {
        json.WriteStartObject();
        json.WriteString("problem"u8, list.Problem);
        json.WriteStartArray("keys"u8);
        foreach (var key in list.Keys)
        {
            json.WriteStartObject();
            json.WriteString("key"u8, key.Key.Value);
            json.WriteString("publicKey"u8, key.PublicKey);
            json.WriteString("alias"u8, key.Alias);
            json.WriteNumber("held"u8, key.Held);
            json.WriteBoolean("quarantined"u8, key.Quarantined);
            json.WriteNumber("signed"u8, key.Signed);
            json.WriteNumber("unsigned"u8, key.Unsigned);
            json.WriteString("lastError"u8, key.LastError);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ForgeReplies.Cancelled cancelled)
    {
        json.WriteStartObject();
        json.WriteNumber("cancelled"u8, cancelled.Count);
        json.WriteStartObject("keys"u8);
        foreach (var key in cancelled.Keys)
            json.WriteNumber(key.Key.Value, key.Count);
        json.WriteEndObject();
        json.WriteStartArray("unanswered"u8);
        foreach (var key in cancelled.Unanswered)
            json.WriteStringValue(key.Value);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteMarks(Utf8JsonWriter json, string name, IEnumerable<Watermark> marks)
    {
        json.WriteStartArray(name);
        foreach (var mark in marks)
        {
            json.WriteStartObject();
            json.WriteString("chain"u8, mark.Chain.Value);
            json.WriteString("kind"u8, Word(mark.Kind));
            json.WriteNumber("level"u8, mark.At.Level);
            json.WriteNumber("round"u8, mark.At.Round);
            json.WriteString("payloadHash"u8, mark.PayloadHash);
            json.WriteString("signature"u8, mark.Signature);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>An event's name and its data.</summary>
    public static string Write(Utf8JsonWriter json, IForgeEvent forgeEvent)
    {
        var duty = forgeEvent.Duty;
        json.WriteStartObject();
        json.WriteString("id"u8, duty.Id.Value);
        json.WriteString("key"u8, duty.Key.Value);
        json.WriteString("kind"u8, Word(duty.Kind));
        json.WriteString("chain"u8, duty.Chain.Value);
        json.WriteNumber("level"u8, duty.At.Level);
        json.WriteNumber("round"u8, duty.At.Round);
        json.WriteString("source"u8, duty.Source);
        if (forgeEvent is IForgeSuccess success)
        {
            json.WriteString("payload"u8, Convert.ToHexStringLower(success.Payload.Span));
            json.WriteString("signature"u8, success.Signature);
        }

        var name = "cancelled";
        switch (forgeEvent)
        {
            case ForgeEvents.BlockReady block:
                json.WriteString("content"u8, Convert.ToHexStringLower(block.Content.Span));
                name = "block-ready";
                break;
            case ForgeEvents.PreattestationReady:
                name = "preattestation-ready";
                break;
            case ForgeEvents.AttestationReady:
                name = "attestation-ready";
                break;
            case ForgeEvents.PayloadSigned signed:
                json.WriteBoolean("stored"u8, signed.Stored);
                name = "payload-signed";
                break;
            case ForgeEvents.ForgeFailed failed:
                json.WriteString("reason"u8, Word(failed.Reason));
                json.WriteString("detail"u8, failed.Detail);
                name = "failed";
                break;
            case ForgeEvents.ForgeRefused refused:
                json.WriteString("reason"u8, refused.Code);
                json.WriteString("detail"u8, refused.Detail);
                name = "refused";
                break;
        }

        json.WriteEndObject();
        return name;
    }

    /// <summary>An enumeration's value in kebab-case.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => SettingType.Kebab(value.ToString());
}
